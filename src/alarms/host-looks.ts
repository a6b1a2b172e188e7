import { totalmem } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { AlarmSettings } from '../config/alarm-settings.ts';
import { countDescriptors } from './descriptors.ts';
import { type Look, lookAt } from './gauge.ts';

export interface HostParts {
  readonly limits: AlarmSettings;
  /** Open sockets of all ports. */
  readonly sockets: () => number;
  /** The process's limit of open files; 0 where none is known. */
  readonly maxFileDescriptors: number;
  readonly eventLoopDelay: EventLoopDelay;
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MiB`;
const percent = (figure: number): string => figure.toFixed(1);

/** What this process may take of the memory: as much as its cgroup has, or the machine. */
export const memoryLimit = (): number => Math.min(process.constrainedMemory() || totalmem(), totalmem());

/** Milliseconds between two looks at the event loop's delay. */
const RESOLUTION = 20;

/** Measures how long the event loop stands still. */
export interface EventLoopDelay {
  /** The longest time since this was asked last, in milliseconds; null the first time. */
  read(): number | null;
  close(): void;
}

export function createEventLoopDelay(): EventLoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  return {
    read() {
      // What the start of the program took is nobody's alarm.
      if (histogram.enable()) return null;
      const longest = histogram.max / 1e6 - RESOLUTION;
      histogram.reset();
      return Math.max(0, longest);
    },
    close: () => void histogram.disable(),
  };
}

/** The processor time of this process since the last look, in percent of one processor. */
function processorTime(): () => number | null {
  let before: { readonly usage: NodeJS.CpuUsage; readonly at: number } | null = null;
  return () => {
    const now = { usage: process.cpuUsage(), at: performance.now() };
    const last = before;
    before = now;
    if (!last) return null;
    const used = now.usage.user + now.usage.system - last.usage.user - last.usage.system;
    return used / (now.at - last.at) / 10;
  };
}

/** What the process takes of its machine. */
export function hostLooks({ limits, sockets, maxFileDescriptors, eventLoopDelay }: HostParts): readonly Look[] {
  const descriptors = countDescriptors(sockets);
  return [
    lookAt({
      id: 'system_memory_high_watermark',
      severity: 'critical',
      title: 'Memory is running short',
      read: () => (process.memoryUsage.rss() / memoryLimit()) * 100,
      marks: () => ({ high: limits.sysmemHigh, low: limits.sysmemLow }),
      summary: (figure, { high }) =>
        `the process takes ${percent(figure)} % of ${mebibytes(memoryLimit())} of memory; the mark is ${high} %`,
      value: percent,
    }),
    lookAt({
      id: 'heap_high_watermark',
      severity: 'critical',
      title: 'The heap is running full',
      read: () => {
        const { used_heap_size, heap_size_limit } = getHeapStatistics();
        return (used_heap_size / heap_size_limit) * 100;
      },
      marks: () => ({ high: limits.heapHigh, low: limits.heapLow }),
      summary: (figure, { high }) =>
        `the heap is ${percent(figure)} % of its limit of ${mebibytes(getHeapStatistics().heap_size_limit)}; the mark is ${high} %`,
    }),
    lookAt({
      id: 'event_loop_delay_high_watermark',
      severity: 'warning',
      title: 'The event loop stands still',
      read: () => eventLoopDelay.read(),
      marks: () => ({ high: limits.eventLoopHigh, low: limits.eventLoopLow }),
      summary: (figure, { high }) => `the event loop stood still for ${Math.round(figure)} ms; the mark is ${high} ms`,
      calmLooks: 3,
    }),
    lookAt({
      id: 'cpu_high_watermark',
      severity: 'warning',
      title: 'The processor is busy',
      read: processorTime(),
      marks: () => ({ high: limits.cpuHigh, low: limits.cpuLow }),
      summary: (figure, { high }) => `the process takes ${percent(figure)} % of one processor; the mark is ${high} %`,
      value: percent,
    }),
    lookAt({
      id: 'fd_high_watermark',
      severity: 'critical',
      title: 'File descriptors are running short',
      read: () => (maxFileDescriptors === 0 ? null : (descriptors() / maxFileDescriptors) * 100),
      marks: () => ({ high: limits.fdHigh, low: limits.fdLow }),
      summary: (figure, { high }) =>
        `${percent(figure)} % of ${maxFileDescriptors} file descriptors are open; the mark is ${high} %`,
    }),
  ];
}
