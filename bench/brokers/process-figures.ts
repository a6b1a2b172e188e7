import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** What Linux tells of a process. Elsewhere the figures are NaN, and a table shows a dash. */

/** Microseconds of processor time that all threads of a process have spent. */
export function processorTime(pid: number): number {
  try {
    let nanoseconds = 0;
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    }
    return nanoseconds / 1000;
  } catch {
    return Number.NaN;
  }
}

function status(pid: number, name: string): number {
  try {
    const line = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return line ? Number(line[1]) / 1024 : Number.NaN;
  } catch {
    return Number.NaN;
  }
}

/** Resident memory in MiB. */
export const memory = (pid: number): number => status(pid, 'VmRSS');

/** The most resident memory that it had since its start or the last `forgetPeak`, in MiB. */
export const peakMemory = (pid: number): number => status(pid, 'VmHWM');

export function forgetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // The peak is that since the start, then.
  }
}

const STEP = 40;

/** Resolves when none of these processes has much to do any more; after five seconds in any case. */
export async function quiet(pids: readonly number[]): Promise<void> {
  const spent = (): number => pids.reduce((sum, pid) => sum + processorTime(pid), 0);
  const end = performance.now() + 5000;
  let before = spent();
  while (performance.now() < end) {
    await pause(STEP);
    const now = spent();
    // A twentieth of the time, or no figures at all.
    if (!(now - before > (STEP * 1000) / 20)) return;
    before = now;
  }
}
