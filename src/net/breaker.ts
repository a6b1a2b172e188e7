import type { AlarmNotice, AlarmPort } from '../alarms/alarm.ts';
import { OutboundBusy } from './outbound.ts';

export interface BreakerOptions {
  readonly alarms: AlarmPort;
  /**
   * What is raised while the server is not called, `auth_http_down`; the summary is the error of the last call. One that
   * stands from before is cleared by the first answer.
   */
  readonly alarm: Pick<AlarmNotice, 'id' | 'title'>;
  /** Failures in a row after which the server is left alone. */
  readonly failures: number;
  /** Milliseconds until the first call after them. */
  readonly firstWait: number;
  /** The wait doubles with every further failure, up to this. */
  readonly longestWait: number;
  /** Told when the server is left alone, with the last error, and when it answers again; for the log. */
  readonly onChange?: (isOpen: boolean, error: Error | null) => void;
  /** Milliseconds on a clock that never jumps. */
  readonly now?: () => number;
}

/** No call was made: the server failed too often. */
export class BreakerOpen extends Error {
  override readonly name = 'BreakerOpen';
}

/**
 * Keeps calls from a server that does not answer. Closed, it lets all through. After some failures in a row it opens: an
 * alarm stands, and calls fail at once. When a wait is over it is half open: one call tries. The server that answers
 * closes it, and clears the alarm; a failure doubles the wait.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  readonly #now: () => number;
  #failed = 0;
  /** Milliseconds of the wait; 0 while it is closed. */
  #wait = 0;
  #openUntil = 0;
  #isTrying = false;
  /** It answered since the alarm may have begun. */
  #isSound = false;
  #isEnded = false;

  constructor(options: BreakerOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  get isOpen(): boolean {
    return this.#wait > 0;
  }

  /**
   * Makes a call whose rejection counts as a failure, unless it is an OutboundBusy, and answers what it does. Rejects with
   * BreakerOpen.
   */
  async run<T>(call: () => Promise<T>): Promise<T> {
    const isTrial = this.isOpen;
    if (isTrial) {
      if (this.#isTrying || this.#now() < this.#openUntil) throw new BreakerOpen('the server is not called for now');
      this.#isTrying = true;
    }
    try {
      const answer = await call();
      this.#succeed();
      return answer;
    } catch (error) {
      if (!(error instanceof OutboundBusy)) this.#fail(error as Error, isTrial);
      throw error;
    } finally {
      if (isTrial) this.#isTrying = false;
    }
  }

  /** Whatever is still under way raises no alarm and clears none; the one that stands is left to whoever comes next. */
  end(): void {
    this.#isEnded = true;
  }

  /** Nobody comes next. */
  clearAlarm(): void {
    this.#options.alarms.clear(this.#options.alarm.id);
  }

  #succeed(): void {
    this.#failed = 0;
    if (this.#isSound || this.#isEnded) return;
    const wasOpen = this.isOpen;
    this.#isSound = true;
    this.#wait = 0;
    this.clearAlarm();
    if (wasOpen) this.#options.onChange?.(false, null);
  }

  #fail(error: Error, isTrial: boolean): void {
    const { alarms, alarm, failures, firstWait, longestWait, onChange } = this.#options;
    this.#failed++;
    // Calls from before it opened say nothing new.
    if (this.#isEnded || (this.isOpen ? !isTrial : this.#failed < failures)) return;
    const wasOpen = this.isOpen;
    this.#wait = Math.min(longestWait, wasOpen ? this.#wait * 2 : firstWait);
    this.#openUntil = this.#now() + this.#wait;
    this.#isSound = false;
    alarms.raise({
      ...alarm,
      severity: 'error',
      summary: `${error.message}; it failed ${this.#failed} times in a row`,
    });
    if (!wasOpen) onChange?.(true, error);
  }
}
