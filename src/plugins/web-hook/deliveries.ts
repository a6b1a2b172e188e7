import { randomUUID } from 'node:crypto';
import type { AlarmPort } from '../../alarms/alarm.ts';
import type { Log } from '../../log.ts';
import type { Outbound } from '../../net/outbound.ts';
import type { EventQueue } from './event-queue.ts';
import { sign } from './signature.ts';

export interface DeliveryOptions {
  readonly queue: EventQueue;
  readonly outbound: Outbound;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Requests are signed with it; null signs none. */
  readonly secret: string | null;
  readonly batchSize: number;
  /** Milliseconds after the first failure, twice as long after each further one, and the longest wait. */
  readonly firstWait: number;
  readonly longestWait: number;
  readonly alarms: AlarmPort;
  readonly log: Log;
}

/** What is sent in one request, again and again until it is taken. */
interface Batch {
  /** The same for every attempt, so that whoever got one twice can tell. */
  readonly id: string;
  readonly events: readonly string[];
}

/** Bytes of one body, unless one event alone has more. */
const MOST_BYTES = 1024 * 1024;

/** What says that the body itself is refused: the same again would be, too. */
const REFUSED = new Set([400, 413, 415, 422]);

/** Failures in a row that are worth an alarm. */
const ALARMING = 3;

const ALARM = 'not_answering:emqx_web_hook';

/** Sends what a queue has, one request after the other so that the order of the events is kept. */
export class Deliveries {
  readonly #options: DeliveryOptions;
  /** Events that the server took, and that it refused for good. */
  sentCount = 0;
  refusedCount = 0;
  /** Requests that failed, each of which is sent again. */
  failedCount = 0;
  /** Of these, in a row. */
  #failures = 0;
  #batch: Batch | null = null;
  #running: Promise<void> | null = null;
  #isStopped = true;
  /** Nothing is sent any more, for ever. */
  #isOver = false;
  /** Ends a wait between two attempts. */
  #wake: () => void = () => {};
  #end: NodeJS.Timeout | undefined;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** From now on what is in the queue is sent. */
  start(): void {
    this.#isStopped = false;
    this.notice();
  }

  /** Something came into the queue. */
  notice(): void {
    if (this.#isStopped || this.#running) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
    });
  }

  /** From now on it may go on for so many milliseconds. What is under way then fails; what is left waits in the queue. */
  endWithin(grace: number): void {
    this.#end = setTimeout(() => {
      this.#isOver = true;
      this.#isStopped = true;
      this.#wake();
      void this.#options.outbound.close();
    }, grace);
  }

  /** Sends no more. Resolves when the request that is under way is over; what it did not bring waits in the queue again. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wake();
    await this.#running;
    if (this.#batch) this.#options.queue.putBack(this.#batch.events);
    this.#batch = null;
  }

  /** Sends what is there, as long as it may go on. What is left then waits in the queue. */
  async drain(): Promise<void> {
    while (!this.#isOver && (this.#options.queue.count > 0 || this.#batch)) {
      this.start();
      await this.#running;
    }
    await this.stop();
  }

  /** Closes its connections; nothing may be under way. */
  async close(): Promise<void> {
    clearTimeout(this.#end);
    await this.#options.outbound.close();
  }

  clearAlarm(): void {
    this.#options.alarms.clear(ALARM);
  }

  async #run(): Promise<void> {
    const { queue, batchSize, log } = this.#options;
    while (!this.#isStopped) {
      if (!this.#batch) {
        const events = queue.take(batchSize, MOST_BYTES);
        if (events.length === 0) return;
        this.#batch = { id: randomUUID(), events };
      }
      try {
        const status = await this.#attempt(this.#batch);
        const count = this.#batch.events.length;
        this.#batch = null;
        if (status < 300) this.sentCount += count;
        else {
          this.refusedCount += count;
          log.warn({ status, count }, 'the server of the web hook refused events');
        }
        this.#failures = 0;
        this.clearAlarm();
      } catch (fault) {
        // It was cut off, which says nothing of the server.
        if (this.#isOver) return;
        this.#noteFailure(fault as Error);
        if (!this.#isStopped) await this.#wait();
      }
    }
  }

  /** Answers the status with which the server took or refused a batch. Rejects when it did neither. */
  async #attempt({ id, events }: Batch): Promise<number> {
    const { outbound, url, headers, secret, batchSize } = this.#options;
    const body = batchSize === 1 ? (events[0] ?? '') : `[${events.join(',')}]`;
    const timestamp = String(Math.floor(Date.now() / 1000));
    const { status } = await outbound.request({
      method: 'POST',
      url,
      headers: {
        ...headers,
        'content-type': 'application/json',
        'x-brokerql-delivery': id,
        'x-brokerql-timestamp': timestamp,
        ...(secret === null ? {} : { 'x-brokerql-signature': sign(secret, timestamp, body) }),
      },
      body,
    });
    if ((status >= 200 && status <= 299) || REFUSED.has(status)) return status;
    throw new Error(`${url.origin} answered with status ${status}`);
  }

  #noteFailure({ message }: Error): void {
    const { alarms, queue, log } = this.#options;
    this.failedCount++;
    this.#failures++;
    log.debug({ message, failures: this.#failures }, 'a request of the web hook failed');
    if (this.#failures < ALARMING) return;
    const summary = `${message}; ${this.#failures} requests in a row failed, and ${queue.count} events wait`;
    alarms.raise({ id: ALARM, severity: 'error', title: 'Web hook not answering', summary });
  }

  /** Longer after each failure, by chance up to half as long: the servers of many brokers are not called at once. */
  #wait(): Promise<void> {
    const { firstWait, longestWait } = this.#options;
    const most = Math.min(longestWait, firstWait * 2 ** (this.#failures - 1));
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, most * (0.5 + Math.random() / 2));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
