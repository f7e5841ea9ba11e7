import { readFileSync, statfsSync } from 'node:fs';
import { cpus, freemem, totalmem } from 'node:os';
import { Injectable } from '@nestjs/common';

interface CpuTimes {
  readonly idle: number;
  readonly total: number;
}

/** The machine's figures for `/info`; zero where the system does not tell. Sizes in bytes. */
@Injectable()
export class SystemStatistics {
  private last: CpuTimes = { idle: 0, total: 0 };

  /** Share of the processors in use since the last call, in percent. */
  cpu(): { percent: number; cores: number } {
    const now = cpuTimes();
    const total = now.total - this.last.total;
    const idle = now.idle - this.last.idle;
    this.last = now;
    const percent = total > 0 ? Math.round((1 - idle / total) * 1000) / 10 : 0;
    return { percent, cores: cpus().length };
  }

  memory() {
    const info = readText('/proc/meminfo');
    const swapTotal = kibibytes(info, 'SwapTotal');
    const swapFree = kibibytes(info, 'SwapFree');
    const available = kibibytes(info, 'MemAvailable');
    return {
      phys_total: totalmem(),
      phys_available: available === 0 ? freemem() : available,
      swap_total: swapTotal,
      swap_used: swapTotal - swapFree,
      swap_free: swapFree,
      percent: swapTotal === 0 ? 0 : Math.round((1 - swapFree / swapTotal) * 1000) / 10,
    };
  }

  /** The root file system. */
  disk() {
    const { blocks, bavail, bsize } = statfsSync('/');
    const total = blocks * bsize;
    const free = bavail * bsize;
    const percent = total === 0 ? 0 : Math.round((1 - free / total) * 1000) / 10;
    return { total, used: total - free, free, percent };
  }

  /** Block devices, partitions not counted twice. Times in ms. */
  diskio() {
    const sums = { reads: 0, readBytes: 0, readTime: 0, writes: 0, writeBytes: 0, writeTime: 0 };
    for (const line of readText('/proc/diskstats').split('\n')) {
      const fields = line.trim().split(/\s+/);
      if (!/^(?:sd[a-z]+|vd[a-z]+|xvd[a-z]+|nvme\d+n\d+)$/.test(fields[2] ?? '')) continue;
      sums.reads += Number(fields[3] ?? 0);
      sums.readBytes += Number(fields[5] ?? 0) * SECTOR_BYTES;
      sums.readTime += Number(fields[6] ?? 0);
      sums.writes += Number(fields[7] ?? 0);
      sums.writeBytes += Number(fields[9] ?? 0) * SECTOR_BYTES;
      sums.writeTime += Number(fields[10] ?? 0);
    }
    return {
      read_count: sums.reads,
      read_time: sums.readTime,
      read_bytes: sums.readBytes,
      write_count: sums.writes,
      write_time: sums.writeTime,
      write_bytes: sums.writeBytes,
    };
  }

  netio() {
    const names = ['bytes_recv', 'packets_recv', 'errin', 'dropin'] as const;
    const sent = ['bytes_sent', 'packets_sent', 'errout', 'dropout'] as const;
    const sums: Record<string, number> = {};
    for (const name of [...names, ...sent]) sums[name] = 0;
    for (const line of readText('/proc/net/dev').split('\n').slice(2)) {
      const fields = line.replace(':', ' ').trim().split(/\s+/).slice(1).map(Number);
      names.forEach((name, i) => (sums[name] = (sums[name] ?? 0) + (fields[i] ?? 0)));
      sent.forEach((name, i) => (sums[name] = (sums[name] ?? 0) + (fields[SENT_AT + i] ?? 0)));
    }
    return sums;
  }
}

/** `/proc/diskstats` counts in sectors of this many bytes, whatever the device has. */
const SECTOR_BYTES = 512;
/** Columns of `/proc/net/dev`: eight for receiving, then those for sending. */
const SENT_AT = 8;

function cpuTimes(): CpuTimes {
  const times = cpus().map((cpu) => cpu.times);
  const idle = times.reduce((sum, time) => sum + time.idle, 0);
  const busy = times.reduce((sum, time) => sum + time.user + time.nice + time.sys + time.irq, 0);
  return { idle, total: idle + busy };
}

function kibibytes(info: string, name: string): number {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(info);
  return Number(match?.[1] ?? 0) * 1024;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
