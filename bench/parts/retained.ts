import { generate } from 'mqtt-packet';
import { type Arena, compare, costOf, type Done, inField, usualBrokers } from '../arena.ts';
import type { Contender } from '../brokers/field.ts';
import { figure, printTable, ratio } from '../table.ts';
import { Link, PUBLISH, SUBACK, typeOf, UNSUBACK } from '../wire/link.ts';
import { countPubacks } from '../wire/publisher.ts';
import { Tally } from '../wire/tally.ts';

const FEW = 100;
const MANY = 100_000;
const MANY_IN_A_QUICK_RUN = 10_000;
const DEVICES_OF_A_SITE = 20;

const topicOf = (site: number, device: number): string => `site/${site}/device/${device}/state`;

const SITE = 3;

const LOOKUPS: { readonly kind: string; readonly filters: readonly string[]; readonly matches: number }[] = [
  { kind: 'exact', filters: [topicOf(SITE, 7)], matches: 1 },
  {
    kind: 'exact',
    filters: Array.from({ length: DEVICES_OF_A_SITE }, (_, device) => topicOf(SITE, device)),
    matches: DEVICES_OF_A_SITE,
  },
  { kind: 'wildcard', filters: [`site/${SITE}/+/7/state`], matches: 1 },
  { kind: 'wildcard', filters: [`site/${SITE}/device/+/state`], matches: DEVICES_OF_A_SITE },
  { kind: 'wildcard', filters: [`site/${SITE}/#`], matches: DEVICES_OF_A_SITE },
];

const IN_FLIGHT = 50;

/** Retains a message for so many devices, of 64 bytes each. */
async function fill(port: number, count: number): Promise<void> {
  const link = await Link.open(port, { clientId: 'filler', clean: true });
  const stored = new Tally('acknowledgements');
  let next = 0;
  const send = (room: number): void => {
    for (const end = Math.min(next + room, count); next < end; next += 1) {
      link.write(
        generate({
          cmd: 'publish',
          topic: topicOf(Math.floor(next / DEVICES_OF_A_SITE), next % DEVICES_OF_A_SITE),
          payload: Buffer.alloc(64, 'x'),
          qos: 1,
          dup: false,
          retain: true,
          messageId: (next % 65_535) + 1,
        }),
      );
    }
  };
  countPubacks(link, (acks) => {
    send(acks);
    stored.add(acks);
  });
  send(IN_FLIGHT);
  await stored.until((sum) => sum >= count);
  await link.close();
}

/** A client that subscribes and unsubscribes. */
class Looker {
  readonly #link: Link;
  readonly #answers = new Tally('retained messages and acknowledgements');

  private constructor(link: Link) {
    this.#link = link;
    link.listen((bytes, at) => {
      const first = bytes[at]!;
      const type = typeOf(first);
      const isRetained = type === PUBLISH && (first & 1) === 1;
      if (isRetained || type === SUBACK || type === UNSUBACK) this.#answers.add(1);
    });
  }

  static async open(port: number): Promise<Looker> {
    return new Looker(await Link.open(port, { clientId: 'looker', clean: true }));
  }

  /** Subscribes for some time; counts only what passes between a SUBSCRIBE and the last message of its answer. */
  async run(filters: readonly string[], matches: number, milliseconds: number): Promise<Done> {
    const subscriptions = filters.map((topic) => ({ topic, qos: 0 as const }));
    const end = performance.now() + milliseconds;
    let elapsed = 0;
    let messages = 0;
    do {
      const start = performance.now();
      await this.#ask(() => this.#link.send({ cmd: 'subscribe', messageId: 1, subscriptions }), 1 + matches);
      elapsed += performance.now() - start;
      messages += 1;
      await this.#ask(() => this.#link.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: filters.slice() }), 1);
    } while (performance.now() < end);
    return { messages, elapsed };
  }

  async #ask(send: () => void, answers: number): Promise<void> {
    const goal = this.#answers.count + answers;
    send();
    await this.#answers.until((count) => count >= goal);
    if (this.#answers.count > goal) throw new Error('more retained messages came than match');
  }
}

interface Stock {
  readonly contender: Contender;
  readonly looker: Looker;
}

/** SUBSCRIBE to the last retained message, among many that are retained against among few. */
export async function retained(arena: Arena): Promise<void> {
  const many = arena.isQuick ? MANY_IN_A_QUICK_RUN : MANY;
  await inField(arena, async (field) => {
    const rows: string[][] = [];
    for (const broker of usualBrokers()) {
      const stocks: Stock[] = [];
      for (const count of [FEW, many]) {
        const contender = await field.start(broker);
        await fill(contender.running.port, count);
        stocks.push({ contender, looker: await Looker.open(contender.running.port) });
      }
      for (const { kind, filters, matches } of LOOKUPS) {
        const [few, rest] = await compare(field, stocks, arena.effort, ({ contender, looker }) =>
          costOf(contender, () => looker.run(filters, matches, arena.effort.milliseconds)),
        );
        if (!few || !rest) throw new Error('a side was not measured');
        rows.push([
          broker.name,
          filters.length === 1 ? filters[0]! : `${filters.length} topics`,
          kind,
          String(matches),
          ...[figure(few.time), figure(rest.time), ratio(rest.ratio.time)],
          ...[figure(few.cpu), figure(rest.cpu), ratio(rest.ratio.cpu)],
        ]);
      }
    }
    printTable(
      `retained: SUBSCRIBE to the last retained message, among ${FEW} and among ${many}`,
      ['broker', 'filter', '', 'matches', `${FEW} µs`, `${many} µs`, 'ratio', `${FEW} cpu`, `${many} cpu`, 'ratio'],
      rows,
    );
  });
}
