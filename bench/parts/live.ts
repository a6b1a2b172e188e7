import { type Arena, compare, costOf, type Done, inField, rateColumns, rates, usualBrokers } from '../arena.ts';
import { printTable } from '../table.ts';
import { Link } from '../wire/link.ts';
import { countPubacks, Publisher } from '../wire/publisher.ts';
import { receive } from '../wire/receiver.ts';
import { Tally } from '../wire/tally.ts';

const SIZE = 100;

interface Load {
  readonly qos: 0 | 1;
  readonly subscribers: number;
  /** Messages that are published in one write; the next when all of them have arrived. */
  readonly burst: number;
  readonly clean: boolean;
}

const WAYS = [
  { subscribers: 1, burst: 1000 },
  { subscribers: 1, burst: 1 },
  { subscribers: 100, burst: 100 },
  { subscribers: 100, burst: 1 },
];

const LOADS: Load[] = [
  ...([0, 1] as const).flatMap((qos) => WAYS.map((way) => ({ ...way, qos, clean: true }))),
  ...([0, 1] as const).flatMap((qos) => WAYS.slice(0, 2).map((way) => ({ ...way, qos, clean: false }))),
];

/** A publisher and its subscribers, which are connected as long as the load is measured. */
class Stage {
  readonly #load: Load;
  readonly #links: Link[] = [];
  readonly #arrived = new Tally('messages and acknowledgements');
  #publisher: Publisher | null = null;

  constructor(load: Load) {
    this.#load = load;
  }

  /** Another one for each load: aedes keeps what was in flight in a session that is cleaned. */
  #clientId(index: number): string {
    return `subscriber-${LOADS.indexOf(this.#load)}-${index}`;
  }

  async open(port: number): Promise<void> {
    const { qos, subscribers, clean } = this.#load;
    const topic = `live/${LOADS.indexOf(this.#load)}`;
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

/** Messages of 100 bytes from one publisher to subscribers that are there. */
export async function live(arena: Arena): Promise<void> {
  await inField(arena, async (field) => {
    for (const broker of usualBrokers()) await field.start(broker);
    const rows: string[][] = [];
    for (const load of LOADS) {
      const sides = await Promise.all(
        field.contenders.map(async (contender) => {
          const stage = new Stage(load);
          await stage.open(contender.running.port);
          return { contender, stage };
        }),
      );
      const results = await compare(field, sides, arena.effort, ({ contender, stage }) =>
        costOf(contender, () => stage.run(arena.effort.milliseconds)),
      );
      for (const { contender, stage } of sides) await stage.close(contender.running.port);
      const { qos, subscribers, burst, clean } = load;
      rows.push([String(qos), clean ? 'clean' : 'persistent', String(subscribers), String(burst), ...rates(results)]);
    }
    const names = field.contenders.map(({ broker }) => broker.name);
    printTable(
      `live: one publisher, ${SIZE} bytes; messages received by subscribers a second`,
      ['QoS', 'session', 'subscribers', 'at once', ...rateColumns(names)],
      rows,
    );
  });
}
