import type { LiveSession } from './live-session.ts';

const NEVER = 4_294_967_295;
const INTERVAL = 1000;

export interface SweeperOptions {
  /** Milliseconds; it stands still while no broker runs, and no change of the wall clock moves it. */
  readonly clock: () => number;
  /** Seconds from the moment that a client left; 4294967295 is never. Asked at every sweep. */
  readonly expiryInterval: () => number;
  readonly end: (session: LiveSession) => void;
}

/** Ends persistent sessions whose client stayed away too long: one timer for all. */
export class SessionSweeper {
  /** Offline sessions and when their clients left, in that order, which is the order in which they expire. */
  readonly #waiting = new Map<LiveSession, number>();
  readonly #options: SweeperOptions;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: SweeperOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.#sweep(), INTERVAL).unref();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  /** The client of the session left, now or before all others that wait. */
  await(session: LiveSession, leftAt: number): void {
    // One that waits already goes behind those that left before this.
    this.#waiting.delete(session);
    this.#waiting.set(session, leftAt);
    if (this.#options.expiryInterval() === 0) this.#sweep();
  }

  /** The client came back, or the session is gone. */
  keep(session: LiveSession): void {
    this.#waiting.delete(session);
  }

  #sweep(): void {
    const interval = this.#options.expiryInterval();
    if (interval === NEVER) return;
    const latest = this.#options.clock() - interval * 1000;
    for (const [session, leftAt] of this.#waiting) {
      if (leftAt > latest) return;
      this.#waiting.delete(session);
      this.#options.end(session);
    }
  }
}
