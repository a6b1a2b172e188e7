import { once } from 'node:events';
import { mkdirSync, watch, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ConnectFields, connectPacket, publishPacket, Wire } from '../broker/wire.ts';
import { APP, APP_AUTHORIZATION } from '../support/gateway.ts';
import { buildProgram, cleanUp, newFolder, type Program, type Run, run, start } from './program.ts';

// Each start is a second of computing and several on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });

const ENV = {
  BROKERQL_APP_ID: APP.id,
  BROKERQL_APP_SECRET: APP.secret,
  BROKERQL_ADMIN_USER: 'admin',
  BROKERQL_ADMIN_PASSWORD: 'test-password',
  BROKERQL_REST_PROFILE: '3.2',
  BROKERQL_MAX_MQUEUE_LEN: '3',
};

let program: Program;

beforeAll(async () => {
  program = await buildProgram();
});

afterAll(cleanUp);

/** A folder to start in, with a configuration that has a window of four. */
function workFolder(): string {
  const cwd = newFolder();
  writeFileSync(join(cwd, 'brokerql.yaml'), 'mqtt: {max_inflight: 4}\n');
  return cwd;
}

const startIn = (cwd: string): Promise<Run> => start(program, ['--config', 'brokerql.yaml'], { cwd, env: ENV });

async function openWire(one: Run): Promise<Wire> {
  const [host = '', port] = one.address('MQTT').split(':');
  const socket = connect({ host, port: Number(port), noDelay: true });
  const wire = new Wire(socket);
  await once(socket, 'connect');
  return wire;
}

async function enter(one: Run, fields: ConnectFields): Promise<Wire & { sessionPresent?: boolean }> {
  const wire = await openWire(one);
  const { returnCode, sessionPresent } = await wire.ask(connectPacket(fields), 'connack');
  expect(returnCode).toBe(0);
  return Object.assign(wire, { sessionPresent });
}

async function rest(one: Run, path: string): Promise<unknown> {
  const url = `http://${one.address('management: REST')}/api/v3${path}`;
  return (await fetch(url, { headers: { authorization: APP_AUTHORIZATION } })).json();
}

async function graphql<Data>(one: Run, query: string): Promise<Data> {
  const response = await fetch(`http://${one.address('management: GraphQL')}/graphql`, {
    method: 'POST',
    headers: { authorization: APP_AUTHORIZATION, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = await response.json();
  expect(errors).toBeUndefined();
  return data;
}

/** What is kept of the session of `keeper`, in the words of GraphQL. */
const FIGURES = `{ session(clientId: "keeper") {
  clientId username cleanSession createdAt expiryInterval subscriptionsCount
  inflightCount queuedCount droppedCount enqueuedCount deliveredCount awaitingReleaseCount
} }`;
const SUBSCRIPTIONS = '{ subscriptions(filter: {clientId: "keeper"}) { items { topicFilter qos } } }';
const STATE = '{ session(clientId: "keeper") { connected disconnectedAt } }';
const RETAINED = '{ retainedMessages { items { topic payload { text } qos username clientId publishedAt } } }';

const will = { topic: 'wills/a', payload: Buffer.from('farewell'), qos: 2 as const, retain: true };

/** In one line, as `topic payload q1 id dup`. */
const lineOf = ({ topic, payload, qos, messageId, dup }: Awaited<ReturnType<typeof publishes>>[number]): string =>
  `${topic} ${payload} q${qos} ${messageId}${dup ? ' dup' : ''}`;

async function publishes(wire: Wire, count: number) {
  const packets = [];
  while (packets.length < count) packets.push(await wire.next('publish'));
  return packets;
}

/**
 * Fills a broker: `keeper` has of `work` the first acknowledged and three on their way, of which the second is QoS 2 and
 * released, of `work` 5 to 8 only the last three in its queue of three, has published one with QoS 2 without releasing
 * it, and is connected; `watcher` is away.
 */
async function fill(one: Run): Promise<Record<string, unknown>> {
  const watcher = await enter(one, { clientId: 'watcher', clean: false });
  await watcher.subscribe(['once', 2], ['wills/#', 2]);
  await watcher.disconnect();
  const keeper = await enter(one, { clientId: 'keeper', clean: false, username: 'anna' });
  await keeper.subscribe(['work/#', 2], ['plain', 0], ['$share/g/shared', 1]);
  const publisher = await enter(one, { clientId: 'publisher', username: 'paula' });
  for (let i = 1; i <= 9; i++) {
    if (i === 3) {
      await publisher.ask(publishPacket(`work/${i}`, 2, i, `${i}`), 'pubrec');
      await publisher.ask({ cmd: 'pubrel', messageId: i }, 'pubcomp');
    } else await publisher.ask(publishPacket(`work/${i}`, 1, i, `${i}`), 'puback');
    const isFirst = i === 1;
    if (i > 5) continue;
    const { messageId = 0, qos } = await keeper.next('publish');
    if (isFirst) keeper.write({ cmd: 'puback', messageId });
    if (qos === 2) await keeper.ask({ cmd: 'pubrec', messageId }, 'pubrel');
  }
  await publisher.ask({ ...publishPacket('kept', 1, 20, 'state'), retain: true }, 'puback');
  await keeper.ask(publishPacket('once', 2, 77, 'once'), 'pubrec');
  await keeper.settle();
  await enter(one, { clientId: 'willing', username: 'will', will });
  return {
    figures: await graphql(one, FIGURES),
    subscriptions: await graphql(one, SUBSCRIPTIONS),
    retained: await graphql(one, RETAINED),
  };
}

describe.each(['SIGTERM', 'SIGKILL'] as const)('what a broker keeps over %s', (signal) => {
  let before: Record<string, unknown>;
  let one: Run;

  beforeAll(async () => {
    const cwd = workFolder();
    const first = await startIn(cwd);
    before = await fill(first);
    first.kill(signal);
    await first.exited;
    one = await startIn(cwd);
  });

  afterAll(async () => {
    one?.kill('SIGKILL');
    await one?.exited;
  });

  test('are sessions with all of their figures, listed at once, of clients that are away', async () => {
    expect(before.figures).toEqual({
      session: {
        clientId: 'keeper',
        username: 'anna',
        cleanSession: false,
        createdAt: expect.any(String),
        expiryInterval: 7200,
        subscriptionsCount: 3,
        inflightCount: 4,
        queuedCount: 3,
        droppedCount: 1,
        enqueuedCount: 4,
        deliveredCount: 5,
        awaitingReleaseCount: 1,
      },
    });
    expect(await graphql(one, FIGURES)).toEqual(before.figures);
    expect(await graphql(one, STATE)).toEqual({ session: { connected: false, disconnectedAt: expect.any(String) } });
    const { data } = (await rest(one, '/sessions/')) as { data: Record<string, unknown>[] };
    const rows = data.map(({ client_id, clean_start, mqueue_len, inflight_len, mqueue_dropped, awaiting_rel_len }) => [
      client_id,
      clean_start,
      mqueue_len,
      inflight_len,
      mqueue_dropped,
      awaiting_rel_len,
    ]);
    expect(rows.sort()).toEqual([
      ['keeper', false, 3, 4, 1, 1],
      ['watcher', false, 2, 0, 0, 0],
    ]);
  });

  test('are subscriptions with the QoS that was granted', async () => {
    expect(before.subscriptions).toEqual({
      subscriptions: {
        items: [
          { topicFilter: 'work/#', qos: 2 },
          { topicFilter: 'plain', qos: 0 },
          { topicFilter: '$share/g/shared', qos: 1 },
        ],
      },
    });
    const after = (await graphql(one, SUBSCRIPTIONS)) as { subscriptions: { items: { topicFilter: string }[] } };
    const byFilter = (rows: { topicFilter: string }[]) => rows.sort((a, b) => (a.topicFilter < b.topicFilter ? -1 : 1));
    const expected = before.subscriptions as typeof after;
    expect(byFilter(after.subscriptions.items)).toEqual(byFilter(expected.subscriptions.items));
  });

  test('are retained messages with who published them, and the retained will', async () => {
    const { retainedMessages } = (await graphql(one, RETAINED)) as { retainedMessages: { items: object[] } };
    const { retainedMessages: earlier } = before.retained as typeof retainedMessages & {
      retainedMessages: { items: object[] };
    };
    expect(earlier.items).toMatchObject([{ topic: 'kept', payload: { text: 'state' }, qos: 1, username: 'paula' }]);
    expect(retainedMessages.items).toHaveLength(2);
    expect(retainedMessages.items).toContainEqual(earlier.items[0]);
    expect(retainedMessages.items).toContainEqual(
      expect.objectContaining({
        topic: 'wills/a',
        payload: { text: 'farewell' },
        username: 'will',
        clientId: 'willing',
      }),
    );
  });

  test('are messages on their way with their packet ids, sent again with DUP in order, and those behind them', async () => {
    const keeper = await enter(one, { clientId: 'keeper', clean: false, username: 'anna' });
    expect(keeper.sessionPresent).toBe(true);
    const came: string[] = [];
    while (came.length < 4) {
      const packet = await keeper.take();
      came.push(packet.cmd === 'publish' ? lineOf(packet) : `${packet.cmd} ${packet.messageId}`);
    }
    expect(came).toEqual(['work/2 2 q1 2 dup', 'pubrel 3', 'work/4 4 q1 4 dup', 'work/5 5 q1 5 dup']);
    // The window is full.
    await keeper.settle();
    keeper.write({ cmd: 'pubcomp', messageId: 3 });
    for (const messageId of [2, 4, 5]) keeper.write({ cmd: 'puback', messageId });
    const behind = await publishes(keeper, 3);
    expect(behind.map(({ topic, dup, qos }) => `${topic} ${dup} q${qos}`)).toEqual([
      'work/7 false q1',
      'work/8 false q1',
      'work/9 false q1',
    ]);
    for (const { messageId = 0 } of behind) keeper.write({ cmd: 'puback', messageId });
    await keeper.settle();
    expect(await graphql(one, FIGURES)).toMatchObject({
      session: { inflightCount: 0, queuedCount: 0, droppedCount: 1, enqueuedCount: 4, deliveredCount: 8 },
    });
    await keeper.disconnect();
  });

  test('are figures that packet ids given ahead of a free place do not falsify', async () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'brokerql.yaml'), 'mqtt: {max_inflight: 4, max_mqueue_len: 0}\n');
    const env = { ...ENV, BROKERQL_MAX_MQUEUE_LEN: '0' };
    const before = await start(program, ['--config', 'brokerql.yaml'], { cwd, env });
    const keeper = await enter(before, { clientId: 'keeper', clean: false });
    await keeper.subscribe(['many', 1]);
    await keeper.disconnect();
    const publisher = await enter(before, { clientId: 'publisher' });
    for (let i = 0; i < 50; i++) await publisher.ask(publishPacket('many', 1, i + 1, String(i)), 'puback');
    const reader = await enter(before, { clientId: 'keeper', clean: false });
    const acknowledge = async (wire: Wire, count: number): Promise<void> => {
      for (let i = 0; i < count; i++) {
        const { messageId = 0 } = await wire.next('publish');
        wire.write({ cmd: 'puback', messageId });
      }
    };
    await acknowledge(reader, 10);
    // Those behind them are on their way by now.
    await reader.settle().catch(() => {});
    before.kill('SIGKILL');
    await before.exited;
    const after = await start(program, ['--config', 'brokerql.yaml'], { cwd, env });
    const figures = async () =>
      (
        await graphql<{ session: Record<string, number> }>(
          after,
          '{ session(clientId: "keeper") { inflightCount queuedCount deliveredCount } }',
        )
      ).session;
    const { inflightCount = 0, queuedCount = 0 } = await figures();
    expect(inflightCount).toBe(4);
    // An acknowledgement may be lost with the process, a message never.
    expect(inflightCount + queuedCount).toBeGreaterThanOrEqual(40);
    const back = await enter(after, { clientId: 'keeper', clean: false });
    await acknowledge(back, inflightCount + queuedCount);
    await back.disconnect();
    expect(await figures()).toEqual({ inflightCount: 0, queuedCount: 0, deliveredCount: 50 });
  });

  test('are ids of incoming QoS 2 messages: one that is sent again is not published twice, a will once', async () => {
    const keeper = await enter(one, { clientId: 'keeper', clean: false, username: 'anna' });
    expect((await keeper.ask({ ...publishPacket('once', 2, 77, 'once'), dup: true }, 'pubrec')).messageId).toBe(77);
    expect((await keeper.ask({ cmd: 'pubrel', messageId: 77 }, 'pubcomp')).messageId).toBe(77);
    await keeper.disconnect();
    const watcher = await enter(one, { clientId: 'watcher', clean: false });
    expect(watcher.sessionPresent).toBe(true);
    const packets = await publishes(watcher, 2);
    expect(packets.map(({ topic, payload, dup }) => `${topic} ${payload} ${dup}`)).toEqual([
      'once once false',
      'wills/a farewell false',
    ]);
    await watcher.settle();
    await watcher.disconnect();
  });
});

describe('the will of a connection whose process died', () => {
  /** Starts, and kills as soon as the store was written to so many times. */
  async function startAndKill(cwd: string, writes: number): Promise<boolean> {
    const store = join(cwd, 'data', 'store');
    mkdirSync(store, { recursive: true });
    const one = run(program, ['start', '--config', 'brokerql.yaml'], {
      cwd,
      env: {
        ...ENV,
        BROKERQL_MQTT_PORT: '0',
        BROKERQL_WS_PORT: '0',
        BROKERQL_HTTP_PORT: '0',
        BROKERQL_DASHBOARD_PORT: '0',
      },
    });
    let count = 0;
    const watcher = watch(store, () => {
      if (++count === writes) one.kill('SIGKILL');
    });
    await Promise.race([one.exited, one.untilPrinted('dashboard: REST').catch(() => {})]);
    const isUp = one.stdout.includes('dashboard: REST');
    one.kill('SIGKILL');
    await one.exited;
    watcher.close();
    return isUp;
  }

  test('is neither lost nor doubled when the next processes die at any moment of their start', async () => {
    const cwd = workFolder();
    const first = await startIn(cwd);
    const watcher = await enter(first, { clientId: 'watcher', clean: false });
    await watcher.subscribe(['wills/#', 2]);
    await watcher.disconnect();
    await enter(first, { clientId: 'willing', will });
    first.kill('SIGKILL');
    await first.exited;
    // LevelDB makes its files before anything is written to them.
    for (const writes of [4, 8, 10, 12, 14]) await startAndKill(cwd, writes);
    const last = await startIn(cwd);
    const back = await enter(last, { clientId: 'watcher', clean: false });
    expect((await publishes(back, 1)).map(lineOf)).toEqual(['wills/a farewell q2 1']);
    await back.settle();
    expect(await graphql(last, RETAINED)).toMatchObject({ retainedMessages: { items: [{ topic: 'wills/a' }] } });
    last.kill('SIGKILL');
    await last.exited;
  });
});
