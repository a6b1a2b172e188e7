import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { openWelcomed } from './callers.ts';
import { doors, type Following, overBoth, overWebSocket } from './doors.ts';
import type { Payload } from './payload.ts';
import { Table, type Update } from './table.ts';

const PIECE = 64 * 1024;
/** More than sockets of the loopback interface hold. */
const PIECES = 256;
const numbered = (number: number): Buffer => Buffer.from(String(number).padStart(PIECE, '.'));
const NUMBERS = 'subscription { messages(topicFilter: "big") { payload { text } } }';

interface Numbers {
  readonly messages: { readonly payload: { readonly text: string } };
}

interface Came {
  readonly number: number;
  readonly dropped: number;
}

function read(payload: Payload<Numbers> | null): Came {
  if (!payload?.data) throw new Error(`no message came, but ${JSON.stringify(payload)}`);
  const { text } = payload.data.messages.payload;
  return { number: Number(text.replaceAll('.', '')), dropped: payload.extensions?.dropped ?? 0 };
}

let gateway: TestGateway;

/** A gateway for the tests of a block. */
function withGateway(yaml: string): void {
  beforeAll(async () => {
    gateway = await startGateway(yaml);
  });
  afterAll(() => gateway.close());
}

/** Publishes numbered messages, each when the one before was acknowledged. */
async function publish(from: number, to: number): Promise<void> {
  const client = await gateway.connect();
  for (let number = from; number < to; number++) await client.publishAsync('big', numbered(number), { qos: 1 });
  await client.endAsync();
}

/** Reads on until the message with this number came. */
async function until(number: number, numbers: Following<Numbers>): Promise<Came[]> {
  const came: Came[] = [];
  do came.push(read(await numbers.next()));
  while (came.at(-1)?.number !== number);
  return came;
}

describe('a subscriber that does not read', () => {
  withGateway('graphql: {max_queue: 5, max_queue_bytes: 100000000}\n');

  describe.each(doors)('over %s', (_, follow) => {
    test('loses the oldest messages, and is told how many', async () => {
      await using numbers = await follow<Numbers>(gateway.httpUrl, NUMBERS);
      numbers.pause();
      await publish(0, PIECES);
      numbers.resume();
      const came = await until(PIECES - 1, numbers);
      const gap = came.findIndex(({ dropped }) => dropped > 0);
      expect(gap).toBeGreaterThan(0);
      // In order from the first on, then a gap, then the newest: as many as are kept.
      expect(came.slice(0, gap)).toEqual(came.slice(0, gap).map((_, number) => ({ number, dropped: 0 })));
      expect(came.slice(gap)).toEqual(
        [5, 4, 3, 2, 1].map((back, i) => ({ number: PIECES - back, dropped: i === 0 ? PIECES - 5 - gap : 0 })),
      );
      await publish(PIECES, PIECES + 1);
      expect(read(await numbers.next())).toEqual({ number: PIECES, dropped: 0 });
    });

    const MANY = 300;
    /** Of names with 1000 characters this is, many times, more than a connection holds. */
    const wide = (field: string): string => Array.from({ length: 60 }, (_, i) => `f${i}: ${field}`).join(' ');
    const name = (way: string, number: number): string => `${way}/${String(number).padStart(990, '.')}`;
    const names = (way: string): string[] => Array.from({ length: MANY }, (_, number) => name(way, number));

    type First = { first: { f0: string } };

    /** Two who come at once and do not read, and read then all that there is. */
    async function readLate(query: string): Promise<string[][]> {
      const both = await Promise.all([0, 1].map(() => follow<First>(gateway.httpUrl, query)));
      for (const following of both) following.pause();
      return Promise.all(
        both.map(async (following) => {
          following.resume();
          const came: string[] = [];
          while (came.length < MANY) {
            const payload = await following.next();
            if (!payload?.data || payload.extensions) throw new Error(JSON.stringify(payload));
            came.push(payload.data.first.f0);
          }
          await following[Symbol.asyncDispose]();
          return came;
        }),
      );
    }

    test('gets all that came behind its cursor, however late it reads', async () => {
      const fields = `cursor ${wide('topicFilter')}`;
      const client = await gateway.connect();
      const seen = await follow<{ first: { cursor: string } }>(
        gateway.httpUrl,
        'subscription { first: subscriptionEvents { cursor } }',
      );
      await client.subscribeAsync('first');
      const { cursor } = (await seen.data()).first;
      await seen[Symbol.asyncDispose]();
      const all = names('events');
      await client.subscribeAsync(all);
      const came = await readLate(`subscription { first: subscriptionEvents(after: "${cursor}") { ${fields} } }`);
      expect(came).toEqual([all, all]);
      await client.endAsync();
    });

    test('gets all that topics keep, however late it reads', async () => {
      const client = await gateway.connect();
      const all = names('kept-large');
      await Promise.all(all.map((topic) => client.publishAsync(topic, 'x', { retain: true, qos: 1 })));
      const came = await readLate(
        `subscription { first: messages(topicFilter: "kept-large/+", retained: true) { ${wide('topic')} } }`,
      );
      expect(came.map((topics) => topics.sort())).toEqual([all, all]);
      await Promise.all(all.map((topic) => client.publishAsync(topic, '', { retain: true, qos: 1 })));
      await client.endAsync();
    });

    const LONG = 'u'.repeat(60_000);
    /** Of rows with long names this is more than a connection holds. */
    const WIDE = Array.from({ length: 45 }, (_, i) => `u${i}: username`).join(' ');

    /** Blocks those who do not read: clients with long names come, and go when `isSeen` so many of them, then none. */
    async function block(isSeen: (count: number) => Promise<unknown>): Promise<void> {
      const ids = [1, 2, 3, 4, 5, 6].map((i) => `row-wide-${i}`);
      const clients = await Promise.all(ids.map((clientId) => gateway.connect({ clientId, username: LONG })));
      await isSeen(clients.length);
      await Promise.all(clients.map((client) => client.endAsync()));
      await isSeen(0);
    }

    test('is told the newest figures alone', async () => {
      const QUERY = `subscription {
        nodes(intervalMs: 100) {
          stats { retainedCount }
          connections(filter: {clientIdPrefix: "row-wide-"}, page: {limit: 7}) { items { ${WIDE} } }
        }
      }`;
      type Nodes = { nodes: [{ stats: { retainedCount: number }; connections: { items: unknown[] } }] };
      const node = async (figures: Following<Nodes>) => (await figures.data()).nodes[0];
      await using slow = await follow<Nodes>(gateway.httpUrl, QUERY);
      await using fast = await follow<Nodes>(gateway.httpUrl, QUERY);
      slow.pause();
      const first = (await node(fast)).stats.retainedCount;
      // Each value has this one: an event stream takes 64 KiB in however blocked its connection is.
      const client = await gateway.connect({ clientId: 'row-wide-0', username: LONG });
      await block(async (count) => {
        while ((await node(fast)).connections.items.length !== count + 1) {}
      });
      for (let i = 1; i <= 3; i++) {
        await client.publishAsync(`kept/${first + i}`, 'x', { retain: true, qos: 1 });
        expect((await node(fast)).stats.retainedCount).toBe(first + i);
      }
      slow.resume();
      const told: number[] = [];
      do told.push((await node(slow)).stats.retainedCount);
      while (told.at(-1) !== first + 3);
      expect(told).not.toContain(first + 2);
      await client.endAsync();
    });

    test('gets the page in the place of the patches that it lost', async () => {
      type Updates = { connectionPageUpdates: Update };
      const QUERY = `subscription {
        connectionPageUpdates(
          filter: {clientIdPrefix: "row-"}, page: {limit: 20}, orderBy: {column: CLIENT_ID}, intervalMs: 100
        ) {
          __typename
          ... on ConnectionPageSnapshot { items { clientId messagesReceived ${WIDE} } meta { count } }
          ... on ConnectionPagePatch {
            removed { clientId }
            added { index item { clientId messagesReceived ${WIDE} } }
            changed { clientId messagesReceived username }
            count
          }
        }
      }`;
      await using slow = await follow<Updates>(gateway.httpUrl, QUERY);
      await using fast = await follow<Updates>(gateway.httpUrl, QUERY);
      slow.pause();
      const table = new Table();
      let told = 0;
      const readUntil = async (isThere: () => boolean): Promise<void> => {
        while (!isThere()) {
          table.apply((await fast.data()).connectionPageUpdates);
          told++;
        }
      };
      const busy = await gateway.connect({ clientId: 'row-busy', username: LONG });
      await block((count) => readUntil(() => table.names.includes('row-busy') && table.count === count + 1));
      const others = [];
      for (let i = 1; i <= 12; i++) {
        if (i % 2 === 1) others.push(await gateway.connect({ clientId: `row-${i}` }));
        if (i % 4 === 0) await others.shift()?.endAsync();
        await busy.publishAsync('t', 'x', { qos: 1 });
        await readUntil(() => table.rows.some(({ messagesReceived }) => messagesReceived === i));
      }
      const { data } = await gateway.graphql<{ connections: { items: Required<Update>['items'] } }>(
        '{ connections(filter: {clientIdPrefix: "row-"}, page: {limit: 20}) { items { clientId messagesReceived } } }',
      );
      const rows = data?.connections.items ?? [];
      const isDone = ({ names }: Table) => names.join() === rows.map(({ clientId }) => clientId).join();
      await readUntil(() => isDone(table));
      slow.resume();
      const slowTable = new Table();
      const came: Payload<Updates>[] = [];
      let hasLast = false;
      while (!hasLast || slowTable.count !== rows.length) {
        const payload = await slow.next();
        if (!payload?.data) throw new Error(`no page came, but ${JSON.stringify(payload)}`);
        came.push(payload);
        const update = payload.data.connectionPageUpdates;
        slowTable.apply(update);
        hasLast ||= [...(update.items ?? []), ...(update.changed ?? [])].some((row) => row.messagesReceived === 12);
      }
      const afterLoss = came.filter(({ extensions }) => (extensions?.dropped ?? 0) > 0);
      expect(afterLoss.map(({ data }) => data?.connectionPageUpdates.__typename)).toEqual(['ConnectionPageSnapshot']);
      expect(came.length).toBeLessThan(told);
      const plain = ({ rows }: Table) => rows.map(({ clientId, messagesReceived }) => ({ clientId, messagesReceived }));
      expect(plain(slowTable)).toEqual(rows);
      expect(plain(table)).toEqual(rows);
      expect(slowTable.count).toBe(rows.length);
      for (const client of [busy, ...others]) await client.endAsync();
    });
  });

  test('keeps neither MQTT nor another subscriber waiting', { timeout: 60_000 }, async () => {
    await using slow = await overBoth<Numbers>(gateway.httpUrl, NUMBERS);
    slow.pause();
    await using fast = await overWebSocket<Numbers>(gateway.httpUrl, NUMBERS);
    const client = await gateway.connect();
    const heard: number[] = [];
    client.on('message', (_, payload) => heard.push(Number(String(payload).replaceAll('.', ''))));
    await client.subscribeAsync('big', { qos: 1 });
    const all = Array.from({ length: PIECES }, (_, number) => number);
    const [came] = await Promise.all([until(PIECES - 1, fast), publish(0, PIECES)]);
    await eventually(() => heard.length === PIECES, 'all messages over MQTT');
    expect(heard).toEqual(all);
    // It reads as fast as it can, beside all others in this process: it may lose some, but it knows of each.
    expect(came.length + came.reduce((sum, { dropped }) => sum + dropped, 0)).toBe(PIECES);
  });
});

describe('a subscriber that reads', () => {
  withGateway('graphql: {max_queue: 5}\n');

  test('loses nothing because many messages come at once', async () => {
    const query = 'subscription { messages(topicFilter: "many") { payload { text } } }';
    await using messages = await overBoth(gateway.httpUrl, query);
    const client = await gateway.connect();
    const all = Array.from({ length: 1000 }, (_, number) => String(number));
    for (const text of all) client.publish('many', text);
    const came: unknown[] = [];
    while (came.length < all.length) came.push(await messages.next());
    expect(came).toEqual(all.map((text) => ({ data: { messages: { payload: { text } } } })));
  });
});

describe('a subscriber whose messages are large', () => {
  describe('with room for three of them', () => {
    withGateway(`graphql: {max_queue: 1000, max_queue_bytes: ${3 * PIECE}}\n`);

    test.each(doors)('keeps as many bytes as it may over %s', async (_, follow) => {
      await using numbers = await follow<Numbers>(gateway.httpUrl, NUMBERS);
      numbers.pause();
      await publish(0, PIECES);
      numbers.resume();
      const came = await until(PIECES - 1, numbers);
      const gap = came.findIndex(({ dropped }) => dropped > 0);
      expect(came.slice(gap).map(({ number }) => number)).toEqual([PIECES - 2, PIECES - 1]);
    });
  });

  describe('with room for none', () => {
    withGateway('graphql: {max_queue: 1000, max_queue_bytes: 1}\n');

    test('keeps one message whatever its size', async () => {
      await using numbers = await overBoth<Numbers>(gateway.httpUrl, NUMBERS);
      await publish(7, 8);
      expect(read(await numbers.next())).toEqual({ number: 7, dropped: 0 });
    });
  });
});

describe('a subscriber that misses more than it may', () => {
  const refusal = {
    message: expect.stringMatching(/^11 events were dropped because they were not read; the limit is 10$/),
    extensions: { code: 'LIMIT_EXCEEDED' },
  };
  withGateway('graphql: {max_queue: 5, max_dropped: 10}\n');

  test.each(doors)('is ended with LIMIT_EXCEEDED over %s', async (_, follow) => {
    await using numbers = await follow<Numbers>(gateway.httpUrl, NUMBERS);
    numbers.pause();
    await publish(0, PIECES);
    expect(gateway.gateway.live.counts).toEqual({ executions: 0, sources: 0 });
    numbers.resume();
    let last: Payload<Numbers> | null = null;
    for (let payload = await numbers.next(); payload; payload = await numbers.next()) last = payload;
    expect(last?.errors).toMatchObject([refusal]);
  });

  test('keeps its WebSocket, where it may begin again', async () => {
    const plain = await openWelcomed(gateway.httpUrl);
    const subscribe = { type: 'subscribe', id: 'a', payload: { query: NUMBERS } };
    plain.say(subscribe);
    plain.say({ type: 'ping' });
    expect(await plain.hear()).toEqual({ type: 'pong' });
    plain.socket.pause();
    await publish(0, PIECES);
    plain.socket.resume();
    let heard = await plain.hear();
    while (heard.type === 'next') heard = await plain.hear();
    expect(heard).toMatchObject({ type: 'error', id: 'a', payload: [refusal] });
    plain.say(subscribe);
    plain.say({ type: 'ping' });
    expect(await plain.hear()).toEqual({ type: 'pong' });
    await publish(0, 1);
    expect(read((await plain.hear()).payload as Payload<Numbers>)).toEqual({ number: 0, dropped: 0 });
    plain.socket.close();
  });
});
