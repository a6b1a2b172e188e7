import type { RetainedMessages } from '../../broker/retained-messages.ts';

/** Milliseconds. A message that expired is shown to nobody, so that it need not be removed at once. */
const INTERVAL = 1000;
/** Messages that are removed in one turn of the event loop. */
const AT_ONCE = 1000;

/** Removes retained messages that expired: one timer for all. */
export class ExpirySweep {
  readonly #retained: RetainedMessages;
  #timer: NodeJS.Timeout | null = null;

  constructor(retained: RetainedMessages) {
    this.#retained = retained;
  }

  start(): void {
    this.#timer = setTimeout(() => this.#sweep(), INTERVAL).unref();
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #sweep(): void {
    if (this.#timer === null) return;
    // Whoever else waits has its turn before more are removed.
    if (this.#retained.expire(AT_ONCE) === AT_ONCE) setImmediate(() => this.#sweep());
    else this.start();
  }
}
