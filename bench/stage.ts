import type { Done } from './arena.ts';
import { Link } from './wire/link.ts';
import { countPubacks, Publisher } from './wire/publisher.ts';
import { receive } from './wire/receiver.ts';
import { Tally } from './wire/tally.ts';

/** Bytes of a message. */
export const SIZE = 100;

export interface Load {
  readonly qos: 0 | 1;
  readonly subscribers: number;
  /** Messages that are published in one write; the next when all of them have arrived. */
  readonly burst: number;
  readonly clean: boolean;
}

/** A publisher and its subscribers, which are connected as long as the load is measured. */
export class Stage {
  readonly #load: Load;
  readonly #number: number;
  readonly #links: Link[] = [];
  readonly #arrived = new Tally('messages and acknowledgements');
  #publisher: Publisher | null = null;

  /** `number` tells loads of one run apart. */
  constructor(load: Load, number: number) {
    this.#load = load;
    this.#number = number;
  }

  /** Another one for each load: aedes keeps what was in flight in a session that is cleaned. */
  #clientId(index: number): string {
    return `subscriber-${this.#number}-${index}`;
  }

  async open(port: number): Promise<void> {
    const { qos, subscribers, clean } = this.#load;
    const topic = `live/${this.#number}`;
    for (let i = 0; i < subscribers; i += 1) {
      const link = await Link.open(port, { clientId: this.#clientId(i), clean });
      await link.subscribe([topic], qos);
      receive(link, this.#arrived);
      this.#links.push(link);
    }
    const link = await Link.open(port, { clientId: 'publisher', clean: true });
    countPubacks(link, (count) => this.#arrived.add(count));
    this.#links.push(link);
    this.#publisher = new Publisher(link, { topic, qos, size: SIZE });
  }

  /** Publishes for some time; counts what subscribers receive. */
  async run(milliseconds: number): Promise<Done> {
    const { qos, subscribers, burst } = this.#load;
    const start = performance.now();
    let messages = 0;
    do {
      const goal = this.#arrived.count + burst * (subscribers + qos);
      this.#publisher?.send(burst);
      await this.#arrived.until((count) => count >= goal);
      messages += burst * subscribers;
    } while (performance.now() - start < milliseconds);
    return { messages, elapsed: performance.now() - start };
  }

  /** Leaves nothing behind. */
  async close(port: number): Promise<void> {
    await Promise.all(this.#links.map((link) => link.close()));
    if (this.#load.clean) return;
    for (let i = 0; i < this.#load.subscribers; i += 1) {
      await (await Link.open(port, { clientId: this.#clientId(i), clean: true })).close();
    }
  }
}
