import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Diagnostics } from '../../domain.ts';

/** How late the event loop is. */
export type EventLoopFigures = Diagnostics['eventLoop'];

/** Milliseconds between two looks at how late the loop is. */
const RESOLUTION = 20;
/** Milliseconds of a span over which figures are made. */
const SPAN = 10_000;

/** Watches the event loop of this thread. */
export class EventLoopWatch {
  readonly #delays = monitorEventLoopDelay({ resolution: RESOLUTION });
  #since: EventLoopUtilization = performance.eventLoopUtilization();
  #last: EventLoopFigures | null = null;
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#delays.enable();
    this.#timer = setInterval(() => {
      this.#last = this.#measure();
      this.#delays.reset();
      this.#since = performance.eventLoopUtilization();
    }, SPAN).unref();
  }

  /** Of the last ten seconds that are over; in the first ten, of the time until now. */
  figures(): EventLoopFigures {
    return this.#last ?? this.#measure();
  }

  #measure(): EventLoopFigures {
    const delays = this.#delays;
    // Node.js notes the time from one look to the next, and has odd values for none at all.
    const late = (nanoseconds: number): number =>
      delays.count === 0 ? 0 : Math.max(0, nanoseconds / 1e6 - RESOLUTION);
    return {
      utilization: performance.eventLoopUtilization(this.#since).utilization,
      delayMean: late(delays.mean),
      delayP50: late(delays.percentile(50)),
      delayP90: late(delays.percentile(90)),
      delayP99: late(delays.percentile(99)),
      delayMax: late(delays.max),
    };
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#delays.disable();
  }
}
