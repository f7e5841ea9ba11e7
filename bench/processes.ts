import { readFileSync, writeFileSync } from 'node:fs';

/** Clock ticks of /proc/<pid>/stat, which Linux fixes at 100 a second for user space. */
const MS_PER_TICK = 10;
const KIB = 1024;

/** User and system time of processes so far, ms; those that ended count nothing. */
export function cpuMs(pids: readonly number[]): number {
  let ticks = 0;
  for (const pid of pids) {
    // The name may hold spaces; the numbers come after its closing parenthesis.
    const fields = procText(pid, 'stat').split(') ').pop()?.split(' ') ?? [];
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  }
  return ticks * MS_PER_TICK;
}

/**
 * Peak resident size of processes together since `resetPeak`, bytes. Pages of files (the program
 * and its libraries) count once for all of them, as the system has them once.
 */
export function peakBytes(pids: readonly number[]): number {
  const files = new Map<string, number>();
  let own = 0;
  for (const pid of pids) {
    const status = procText(pid, 'status');
    own += kibOf(status, 'VmHWM') - kibOf(status, 'RssFile');
    for (const [file, kib] of fileKib(pid)) files.set(file, Math.max(kib, files.get(file) ?? 0));
  }
  const shared = [...files.values()].reduce((sum, kib) => sum + kib, 0);
  return (own + shared) * KIB;
}

/** Resident pages of each file that a process maps, KiB; pages that it changed are its own. */
function fileKib(pid: number): ReadonlyMap<string, number> {
  const files = new Map<string, number>();
  for (const mapping of procText(pid, 'smaps').split(/\n(?=[0-9a-f]+-[0-9a-f]+ )/)) {
    const file = /^\S+ \S+ \S+ \S+ [1-9]\d* +(\/.*)/.exec(mapping)?.[1];
    if (file === undefined) continue;
    const kib = kibOf(mapping, 'Rss') - kibOf(mapping, 'Anonymous');
    files.set(file, kib + (files.get(file) ?? 0));
  }
  return files;
}

function kibOf(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
}

/** Lets `peakBytes` begin anew. */
export function resetPeak(pids: readonly number[]): void {
  for (const pid of pids) writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** A process and all that it started. */
export function withDescendants(pid: number): readonly number[] {
  const children = procText(pid, `task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return [pid, ...children.flatMap((child) => withDescendants(child))];
}

function procText(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').trim();
  } catch {
    return '';
  }
}
