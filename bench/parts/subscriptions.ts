import { type Arena, compare, costOf, type Done, inField, rateColumns, rates } from '../arena.ts';
import { BUILT, brokerql } from '../brokers/brokerql.ts';
import type { Contender } from '../brokers/field.ts';
import { APP, AUTHORIZATION } from '../house.ts';
import { type Load as MqttLoad, SIZE, Stage } from '../stage.ts';
import { fanOut, graphqlPort, TOPIC } from '../subscriptions/way.ts';
import { printTable } from '../table.ts';
import { Follower } from '../wire/follower.ts';
import { Link } from '../wire/link.ts';
import { Publisher } from '../wire/publisher.ts';
import { Tally } from '../wire/tally.ts';

const IDLE = 1000;
/** Turns of warming up. */
const WARM_UP = 10;
const QUERY = `subscription { messages(topicFilter: "${TOPIC}") { topic qos publishedAt payload { text } } }`;

const LOADS = [
  { subscribers: 1, burst: 1 },
  { subscribers: 1, burst: 500 },
  { subscribers: 100, burst: 1 },
  { subscribers: 100, burst: 50 },
  { subscribers: 1000, burst: 1 },
  { subscribers: 1000, burst: 50 },
];

type Load = (typeof LOADS)[number];

const MQTT_LOADS: MqttLoad[] = [
  { qos: 0, subscribers: 1, burst: 1000, clean: true },
  { qos: 0, subscribers: 1, burst: 1, clean: true },
  { qos: 0, subscribers: 100, burst: 100, clean: true },
  { qos: 1, subscribers: 1, burst: 1000, clean: true },
];

/** A publisher over MQTT, and subscribers over WebSocket, who are connected as long as a load is measured. */
class Audience {
  readonly #arrived: Tally;
  readonly #followers: Follower[] = [];
  #link: Link | null = null;
  #publisher: Publisher | null = null;

  constructor({ broker }: Contender, { subscribers, burst }: Load) {
    this.#arrived = new Tally(`messages of ${broker.name} to ${subscribers}, ${burst} at once,`);
  }

  async open({ running }: Contender, { subscribers }: Load): Promise<void> {
    const following = { port: graphqlPort(running.output), authorization: AUTHORIZATION, query: QUERY };
    for (let i = 0; i < subscribers; i += 1) {
      this.#followers.push(await Follower.open(following, (count) => this.#arrived.add(count)));
    }
    this.#link = await Link.open(running.port, { clientId: 'publisher', clean: true });
    this.#publisher = new Publisher(this.#link, { topic: TOPIC, qos: 0, size: SIZE });
  }

  async run({ subscribers, burst }: Load, milliseconds: number): Promise<Done> {
    const start = performance.now();
    let messages = 0;
    do {
      const goal = this.#arrived.count + burst * subscribers;
      this.#publisher?.send(burst);
      await this.#arrived.until((count) => count >= goal);
      messages += burst * subscribers;
    } while (performance.now() - start < milliseconds);
    return { messages, elapsed: performance.now() - start };
  }

  async close(): Promise<void> {
    for (const follower of this.#followers) follower.close();
    await this.#link?.close();
  }
}

/** Messages that reach GraphQL subscribers with the same document, in three ways. */
async function deliveries(arena: Arena): Promise<void> {
  await inField(arena, async (field) => {
    for (const way of ['plain', 'raw', 'engine'] as const) await field.start(fanOut(way));
    const rows: string[][] = [];
    for (const load of LOADS) {
      const sides = await Promise.all(
        field.contenders.map(async (contender) => {
          const audience = new Audience(contender, load);
          await audience.open(contender, load);
          return { contender, audience };
        }),
      );
      const results = await compare(field, sides, arena.effort, ({ contender, audience }) =>
        costOf(contender, () => audience.run(load, arena.effort.milliseconds)),
      );
      await Promise.all(sides.map(({ audience }) => audience.close()));
      rows.push([String(load.subscribers), String(load.burst), ...rates(results)]);
    }
    const names = field.contenders.map(({ broker }) => broker.name);
    printTable(
      `subscriptions: one publisher of ${SIZE} bytes over MQTT; payloads received by GraphQL subscribers a second`,
      ['subscribers', 'at once', ...rateColumns(names)],
      rows,
    );
  });
}

const managementPort = (output: string): number => Number(/management.*http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1]);

/** Every load of MQTT for some time, unmeasured. */
async function underLoad({ running }: Contender, milliseconds: number): Promise<void> {
  for (const load of MQTT_LOADS) {
    const stage = new Stage(load, MQTT_LOADS.length);
    await stage.open(running.port);
    await stage.run(milliseconds);
    await stage.close(running.port);
  }
}

/** What MQTT costs beside GraphQL subscribers that nothing is published for. */
async function besideIdle(arena: Arena): Promise<void> {
  const env = { BROKERQL_APP_ID: APP.id, BROKERQL_APP_SECRET: APP.secret };
  await inField(arena, async (field) => {
    await field.start(brokerql(BUILT, { name: 'alone', env }));
    const busy = await field.start(brokerql(BUILT, { name: 'with idle', env }));
    // A broker that has had traffic, as one has when somebody opens a dashboard: V8 takes what it sees first for the rule.
    for (const contender of field.contenders) await underLoad(contender, arena.effort.milliseconds * WARM_UP);
    const port = managementPort(busy.running.output);
    const idle: Follower[] = [];
    for (let i = 0; i < IDLE; i += 1) {
      const query = `subscription { messages(topicFilter: "idle/${i}/#") { topic } }`;
      idle.push(await Follower.open({ port, authorization: AUTHORIZATION, query }, () => {}));
    }
    const rows: string[][] = [];
    for (const [index, load] of MQTT_LOADS.entries()) {
      const sides = await Promise.all(
        field.contenders.map(async (contender) => {
          const stage = new Stage(load, index);
          await stage.open(contender.running.port);
          return { contender, stage };
        }),
      );
      const results = await compare(field, sides, arena.effort, ({ contender, stage }) =>
        costOf(contender, () => stage.run(arena.effort.milliseconds)),
      );
      for (const { contender, stage } of sides) await stage.close(contender.running.port);
      rows.push([String(load.qos), String(load.subscribers), String(load.burst), ...rates(results)]);
    }
    for (const follower of idle) follower.close();
    printTable(
      `subscriptions: MQTT beside ${IDLE} idle GraphQL subscribers; messages received by MQTT subscribers a second`,
      ['QoS', 'subscribers', 'at once', ...rateColumns(field.contenders.map(({ broker }) => broker.name))],
      rows,
    );
  });
}

/** GraphQL subscriptions: what they deliver, and what they cost MQTT. */
export async function subscriptions(arena: Arena): Promise<void> {
  await deliveries(arena);
  await besideIdle(arena);
}
