import type { LiveSession } from './live-session.ts';

const NEVER = 4_294_967_295;
const INTERVAL = 1000;

/** Ends persistent sessions whose client stayed away too long: one timer for all, by monotonic time. */
export class SessionSweeper {
  /** Offline sessions in the order in which their clients left, which is the order in which they expire. */
  readonly #waiting = new Map<LiveSession, number>();
  readonly #expiry: number;
  readonly #end: (session: LiveSession) => void;
  #timer: NodeJS.Timeout | null = null;

  /** `expiryInterval` in seconds; 4294967295 is never. */
  constructor(expiryInterval: number, end: (session: LiveSession) => void) {
    this.#expiry = expiryInterval === NEVER ? Number.POSITIVE_INFINITY : expiryInterval * 1000;
    this.#end = end;
  }

  start(): void {
    this.#timer = setInterval(() => this.#sweep(), INTERVAL).unref();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  /** The client of the session left. */
  await(session: LiveSession): void {
    this.#waiting.set(session, performance.now() + this.#expiry);
    if (this.#expiry === 0) this.#sweep();
  }

  /** The client came back, or the session is gone. */
  keep(session: LiveSession): void {
    this.#waiting.delete(session);
  }

  #sweep(): void {
    const now = performance.now();
    for (const [session, due] of this.#waiting) {
      if (due > now) return;
      this.#waiting.delete(session);
      this.#end(session);
    }
  }
}
