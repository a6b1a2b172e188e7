import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import type { Knocked, LoadAnswer, Order } from './load.ts';
import { LOAD_CORE, pin } from './pin.ts';

/** What one round cost, a request. */
export interface Cost {
  /** Microseconds from one answer to the next. */
  readonly time: number;
  /** Microseconds of processor time that the server spent. */
  readonly cpu: number;
}

type Of<Kind extends Order['order']> = Omit<Extract<Order, { order: Kind }>, 'order'>;

/** The load generator, seen from the server's process. */
export class LoadProcess {
  readonly #child: ChildProcess = fork(join(import.meta.dirname, 'generator.js'));
  readonly #ended: Promise<never> = once(this.#child, 'exit').then(() => {
    throw new Error('the load generator ended');
  });

  /** `nice` from 0 to 19: what makes way for another load process, so that this one does not delay what that one measures. */
  constructor(nice = 0) {
    this.#ended.catch(() => {});
    if (this.#child.pid === undefined) return;
    pin(this.#child.pid, LOAD_CORE);
    setPriority(this.#child.pid, nice);
  }

  async #order(order: Order): Promise<Exclude<LoadAnswer, { answer: 'failed' }>> {
    this.#child.send(order);
    const [answer] = (await Promise.race([once(this.#child, 'message'), this.#ended])) as [LoadAnswer];
    if (answer.answer === 'failed') throw new Error(answer.message);
    return answer;
  }

  /** Calls for some time with a fixed number of requests under way. */
  call(order: Of<'call'>): Promise<Cost> {
    return this.#measure({ order: 'call', ...order });
  }

  /** Connects MQTT clients for some time; the cost is that of one of them. */
  arrive(order: Of<'arrive'>): Promise<Cost> {
    return this.#measure({ order: 'arrive', ...order });
  }

  async #measure(order: Order): Promise<Cost> {
    const before = process.cpuUsage();
    const measured = await this.#order(order);
    const { user, system } = process.cpuUsage(before);
    if (measured.answer !== 'measured') throw new Error('not a measurement');
    return { time: (measured.elapsed * 1000) / measured.requests, cpu: (user + system) / measured.requests };
  }

  async subscribe(port: number, topicFilter: string, subscribers: number): Promise<void> {
    await this.#order({ order: 'subscribe', port, topicFilter, subscribers });
  }

  /** Publishes for some time. Answers the milliseconds from each PUBLISH to its PUBACK. */
  async publish(order: Of<'publish'>): Promise<readonly number[]> {
    const published = await this.#order({ order: 'publish', ...order });
    if (published.answer !== 'published') throw new Error('no latencies');
    return published.latencies;
  }

  /** Logs in for some time, and resolves when every login is answered. */
  async knock(order: Of<'knock'>): Promise<Knocked> {
    const knocked = await this.#order({ order: 'knock', ...order });
    if (knocked.answer !== 'knocked') throw new Error('no logins');
    return knocked;
  }

  close(): void {
    this.#child.disconnect();
  }
}
