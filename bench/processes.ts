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

/** Sum of the peak resident sizes of processes since `resetPeak`, bytes. */
export function peakBytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const kib = /VmHWM:\s+(\d+)/.exec(procText(pid, 'status'))?.[1];
    return sum + Number(kib ?? 0) * KIB;
  }, 0);
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
