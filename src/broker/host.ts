import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';

/** What the process uses of its machine. */
export interface HostFigures {
  readonly load1: number;
  readonly load5: number;
  readonly load15: number;
  readonly memoryTotal: number;
  readonly memoryUsed: number;
}

export function hostFigures(): HostFigures {
  const [load1 = 0, load5 = 0, load15 = 0] = loadavg();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { load1, load5, load15, memoryTotal: rss, memoryUsed: Math.min(rss, heapUsed + external) };
}

/** Soft limits of the process as Linux tells them; 0 where there is none or none is known. */
export function processLimits(): { maxFileDescriptors: number; maxProcesses: number } {
  let text = '';
  try {
    text = readFileSync('/proc/self/limits', 'utf8');
  } catch {
    // Only Linux has this file.
  }
  const limit = (name: string): number => Number(new RegExp(`^${name}\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return { maxFileDescriptors: limit('Max open files'), maxProcesses: limit('Max processes') };
}
