import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LoadAnswer, Order } from './load.ts';
import { LOAD_CORE, pin } from './pin.ts';

/** What one round cost, a request. */
export interface Cost {
  /** Microseconds from one answer to the next. */
  readonly time: number;
  /** Microseconds of processor time that the server spent. */
  readonly cpu: number;
}

/** The load generator, seen from the server's process. */
export class LoadProcess {
  readonly #child: ChildProcess = fork(join(import.meta.dirname, 'generator.js'));
  readonly #ended: Promise<never> = once(this.#child, 'exit').then(() => {
    throw new Error('the load generator ended');
  });

  constructor() {
    this.#ended.catch(() => {});
    if (this.#child.pid !== undefined) pin(this.#child.pid, LOAD_CORE);
  }

  async #order(order: Order): Promise<Exclude<LoadAnswer, { answer: 'failed' }>> {
    this.#child.send(order);
    const [answer] = (await Promise.race([once(this.#child, 'message'), this.#ended])) as [LoadAnswer];
    if (answer.answer === 'failed') throw new Error(answer.message);
    return answer;
  }

  /** Calls for some time with a fixed number of requests under way. */
  async call(order: Omit<Extract<Order, { order: 'call' }>, 'order'>): Promise<Cost> {
    const before = process.cpuUsage();
    const measured = await this.#order({ order: 'call', ...order });
    const { user, system } = process.cpuUsage(before);
    if (measured.answer !== 'measured') throw new Error('not a measurement');
    return { time: (measured.elapsed * 1000) / measured.requests, cpu: (user + system) / measured.requests };
  }

  async subscribe(port: number, topicFilter: string, subscribers: number): Promise<void> {
    await this.#order({ order: 'subscribe', port, topicFilter, subscribers });
  }

  close(): void {
    this.#child.disconnect();
  }
}
