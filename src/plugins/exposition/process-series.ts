import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { processLimits } from '../../broker/host.ts';
import { EventLoopWatch } from '../vitals/event-loop.ts';
import { GARBAGE_KINDS, watchGarbage } from '../vitals/garbage.ts';
import { openFiles } from '../vitals/open-files.ts';

/** Seconds. */
const GARBAGE_BUCKETS = [0.001, 0.01, 0.1, 1, 2, 5];

const DELAYS = { mean: 'delayMean', p50: 'delayP50', p90: 'delayP90', p99: 'delayP99', max: 'delayMax' } as const;

export interface ProcessSeries {
  /** Reads all of it anew. */
  refresh(): Promise<void>;
  /** Stops watching. */
  stop(): void;
}

/**
 * Adds what the process uses to a registry, under the names that programs of Node.js have in common. prom-client's own
 * ones could not be stopped.
 */
export function addProcessSeries(registry: Registry): ProcessSeries {
  const registers = [registry];
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers });
  const counter = (name: string, help: string): Counter => new Counter({ name, help, registers });

  const userSeconds = counter('process_cpu_user_seconds_total', 'CPU time of the process in its own code.');
  const systemSeconds = counter('process_cpu_system_seconds_total', 'CPU time of the process in the system.');
  const cpuSeconds = counter('process_cpu_seconds_total', 'CPU time of the process.');
  const resident = gauge('process_resident_memory_bytes', 'Resident memory of the process.');
  const descriptors = gauge('process_open_fds', 'File descriptors in use; 0 when unknown.');
  const heapTotal = gauge('nodejs_heap_size_total_bytes', 'What the heap has taken of the system.');
  const heapUsed = gauge('nodejs_heap_size_used_bytes', 'What of the heap is in use.');
  const external = gauge('nodejs_external_memory_bytes', 'Memory outside the heap that objects of it hold.');
  const utilization = gauge(
    'nodejs_eventloop_utilization_ratio',
    'Share of the last ten seconds in which the event loop had something to do.',
  );
  const delays = Object.entries(DELAYS).map(([word, field]) => {
    const help = `Delay of the event loop in the last ten seconds, ${word}.`;
    return { field, series: gauge(`nodejs_eventloop_lag_${word}_seconds`, help) };
  });
  const collections = new Histogram({
    name: 'nodejs_gc_duration_seconds',
    help: 'Garbage collections by kind.',
    labelNames: ['kind'],
    buckets: GARBAGE_BUCKETS,
    registers,
  });
  // A kind that has not occurred yet is there all the same: series do not come and go.
  for (const kind of GARBAGE_KINDS) collections.zero({ kind: kind.toLowerCase() });
  gauge('process_start_time_seconds', 'When the process started, since 1970.').set(
    Math.round(performance.timeOrigin / 1000),
  );
  gauge('process_max_fds', 'Limit of file descriptors; 0 when unknown.').set(processLimits().maxFileDescriptors);

  const loop = new EventLoopWatch();
  const endGarbage = watchGarbage((kind, duration) =>
    collections.observe({ kind: kind.toLowerCase() }, duration / 1000),
  );

  return {
    async refresh() {
      const { user, system } = process.cpuUsage();
      for (const [series, microseconds] of [
        [userSeconds, user],
        [systemSeconds, system],
        [cpuSeconds, user + system],
      ] as const) {
        series.reset();
        series.inc(microseconds / 1e6);
      }
      const memory = process.memoryUsage();
      resident.set(memory.rss);
      heapTotal.set(memory.heapTotal);
      heapUsed.set(memory.heapUsed);
      external.set(memory.external);
      const figures = loop.figures();
      utilization.set(figures.utilization);
      for (const { field, series } of delays) series.set(figures[field] / 1000);
      descriptors.set(await openFiles());
    },
    stop() {
      endGarbage();
      loop.stop();
    },
  };
}
