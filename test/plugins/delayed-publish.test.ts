import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Hooks } from '../../src/broker/hooks.ts';
import type { PluginDeed } from '../../src/domain.ts';
import { isOffline } from '../broker/figures.ts';
import { interposeStore } from '../broker/store-faults.ts';
import { connectPacket, connectWire, openWire, publishPacket, type Wire } from '../broker/wire.ts';
import { ask, refusal } from '../graphql/ask.ts';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';

const NAME = 'emqx_delayed_publish';
const HOUR = 3_600_000;

let folder: string;
let gateway: TestGateway;

async function open(hooks: readonly Hooks[] = [], isLoaded = true, settings = '{}'): Promise<void> {
  gateway = await startGateway(`plugins: {${NAME}: ${settings}}`, { BROKERQL_REST_PROFILE: '3.2' }, folder, hooks);
  const [plugin] = (await gateway.gateway.domain.plugins(null)).filter(({ name }) => name === NAME);
  if (isLoaded && !plugin?.active) await change('load');
}

const change = (deed: PluginDeed) => gateway.gateway.domain.changePlugin(NAME, deed, null);
const connect = (clientId: string, fields: object = {}) => connectWire(gateway, { clientId, ...fields });
const delayed = () => gateway.gateway.broker.delayed;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Publishes with QoS 1 and waits for the PUBACK. */
const publish = (wire: Wire, topic: string, payload = 'x', retain = false) =>
  wire.ask({ ...publishPacket(topic, 1, 1, payload), retain }, 'puback');

/** A subscriber of everything, those that begin with `$` too. */
async function subscriber(clientId = 'subscriber', fields: object = {}): Promise<Wire> {
  const wire = await connect(clientId, fields);
  await wire.subscribe(['#', 2], ['$delayed/#', 2]);
  return wire;
}

/** The next message that comes, which is acknowledged, as `topic=payload@qos`. */
async function received(wire: Wire): Promise<string> {
  const { topic, payload, qos, messageId = 0 } = await wire.next('publish');
  if (qos === 1) wire.write({ cmd: 'puback', messageId });
  if (qos === 2) {
    await wire.ask({ cmd: 'pubrec', messageId }, 'pubrel');
    wire.write({ cmd: 'pubcomp', messageId });
  }
  return `${topic}=${payload}@${qos}`;
}

/** Why the last things were refused to a client. */
const refusals = (clientId: string) =>
  gateway.gateway.broker.refusals.of(clientId).map(({ kind, action, message }) => [kind, action, message]);

/** From now on the clock of the wall is so many milliseconds ahead. */
function putAhead(ms: number): void {
  const { now } = Date;
  vi.spyOn(Date, 'now').mockImplementation(() => now() + ms);
}

const LIST = '{ delayedMessages { items { topic payload { text } } meta { count } } }';

interface Listed {
  delayedMessages: { items: { topic: string; payload: { text: string } }[]; meta: { count: number } };
}

const listed = async (): Promise<string[]> =>
  (await ask<Listed>(gateway, LIST)).delayedMessages.items.map(({ topic, payload }) => `${topic}=${payload.text}`);

describe('a message to $delayed/<seconds>/<topic>', () => {
  test.each([0, 1, 2] as const)('with QoS %i is published later, to the topic, with that QoS', async (qos) => {
    await open();
    const wire = await subscriber();
    const publisher = await connect('publisher');
    const sentAt = performance.now();
    publisher.write(publishPacket('$delayed/1/a/b', qos, qos === 0 ? undefined : 1, 'later'));
    if (qos === 1) await publisher.next('puback');
    if (qos === 2) {
      await publisher.next('pubrec');
      await publisher.ask({ cmd: 'pubrel', messageId: 1 }, 'pubcomp');
    }
    await publish(publisher, 'now', 'now');
    expect(await received(wire)).toBe('now=now@1');
    expect(await received(wire)).toBe(`a/b=later@${qos}`);
    expect(performance.now() - sentAt).toBeGreaterThanOrEqual(1000);
    expect(await listed()).toEqual([]);
  });

  test('comes behind those that are due before it, and behind those of the same time that came before it', async () => {
    await open();
    const wire = await subscriber();
    const publisher = await connect('publisher');
    await publish(publisher, '$delayed/2/t', 'last');
    vi.spyOn(Date, 'now').mockReturnValue(Date.now());
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now());
    for (let i = 0; i < 50; i++) await publish(publisher, '$delayed/1/t', `${i}`);
    await publish(publisher, '$delayed/0/t', 'first');
    clock.mockRestore();
    const payloads = ['first', ...Array.from({ length: 50 }, (_, i) => `${i}`), 'last'];
    for (const payload of payloads) expect(await received(wire)).toBe(`t=${payload}@1`);
  });

  test('with the retain flag is kept for later subscribers when it is published, and not before', async () => {
    await open();
    const publisher = await connect('publisher');
    await publish(publisher, '$delayed/1/state', 'on', true);
    const { retained } = gateway.gateway.broker;
    expect(retained.size).toBe(0);
    const wire = await subscriber();
    expect(await received(wire)).toBe('state=on@1');
    expect(retained.get('state')).toMatchObject({ clientId: 'publisher', qos: 1 });
  });

  test('is the one of a will', async () => {
    await open();
    const wire = await subscriber();
    const will = { topic: '$delayed/1/gone', payload: Buffer.from('farewell'), qos: 1 as const, retain: false };
    await (await connect('mortal', { will })).vanish();
    await eventually(() => delayed().size === 1, 'the will');
    await wire.settle();
    expect(await received(wire)).toBe('gone=farewell@1');
  });

  test('is published by the API', async () => {
    await open();
    const wire = await subscriber();
    await ask(
      gateway,
      'mutation { publish(input: {topic: "$delayed/1/a", payload: {text: "one"}, qos: 1}) { topic } }',
    );
    const body = { topic: '$delayed/1/b', payload: 'two', qos: 1 };
    expect((await gateway.rest('/mqtt/publish', { method: 'POST', body })).json).toEqual({ code: 0 });
    expect(await listed()).toEqual(['a=one', 'b=two']);
    await wire.settle();
    expect([await received(wire), await received(wire)]).toEqual(['a=one@1', 'b=two@1']);
  });
});

describe('a malformed delay', () => {
  const SENTENCE = '$delayed/<seconds>/<topic> with 0 to 4294967 seconds';
  const malformed = [
    ['$delayed/x/t', SENTENCE],
    ['$delayed/-1/t', SENTENCE],
    ['$delayed/1.5/t', SENTENCE],
    ['$delayed/4294968/t', SENTENCE],
    ['$delayed/00000001/t', SENTENCE],
    ['$delayed//t', SENTENCE],
    ['$delayed/1', SENTENCE],
    ['$delayed/1/', SENTENCE],
    ['$delayed/', SENTENCE],
    ['$delayed/1/$delayed/1/t', 'delayed once'],
    ['$delayed/1/$SYS/forged', 'outside of $SYS/, which is for the broker alone'],
  ] as const;

  test.each(malformed)(
    '%s ends the connection of a client, which is noted, and keeps out a will',
    async (topic, what) => {
      await open();
      const publisher = await connect('publisher');
      publisher.write(publishPacket(topic, 1, 1));
      await publisher.closed;
      const argument = what.startsWith('outside') ? topic.slice('$delayed/1/'.length) : topic;
      const sentence = `topic must be ${what}, not '${argument}'`;
      await isOffline(gateway, 'publisher');
      expect(refusals('publisher')).toEqual([['PROTOCOL', 'PUBLISH', sentence]]);
      const mortal = await openWire(gateway);
      const will = { topic, payload: Buffer.from('x'), qos: 0 as const, retain: false };
      mortal.write(connectPacket({ clientId: 'mortal', will }));
      await mortal.closed;
      expect(refusals('mortal')).toEqual([['PROTOCOL', 'WILL', sentence]]);
      const mutation = 'mutation ($topic: String!) { publish(input: { topic: $topic }) { topic } }';
      expect(await refusal(gateway, mutation, { topic })).toEqual({
        code: 'BAD_USER_INPUT',
        message: sentence,
        data: null,
      });
      expect(delayed().size).toBe(0);
    },
  );

  test.each(['$delayed', '$delayedly/1/t', 'a/$delayed/1/t', '$delay/1/t'])('%s is none', async (topic) => {
    await open();
    const wire = await connect('subscriber');
    await wire.subscribe([topic, 0]);
    await publish(await connect('publisher'), topic);
    expect(await received(wire)).toBe(`${topic}=x@0`);
  });
});

describe('a client that may not publish to a topic', () => {
  const closed = (topic: string): Hooks => ({
    authorizePublish: async (_, asked) => (asked === topic ? 'deny' : 'ignore'),
  });

  test.each(['secret', '$delayed/0/secret'])('may not through a delay: %s is denied', async (topic) => {
    await open([closed(topic)]);
    const wire = await subscriber();
    const publisher = await connect('publisher');
    await publish(publisher, '$delayed/0/secret');
    await publish(publisher, '$delayed/0/open');
    expect(await received(wire)).toBe('open=x@1');
    expect(refusals('publisher')).toEqual([['ACL', 'PUBLISH', "not authorized to publish to '$delayed/0/secret'"]]);
    const mortal = await openWire(gateway);
    const will = { topic: '$delayed/0/secret', payload: Buffer.from('x'), qos: 1 as const, retain: false };
    mortal.write(connectPacket({ clientId: 'mortal', will }));
    expect((await mortal.next('connack')).returnCode).toBe(5);
    await mortal.closed;
  });

  test('may not by a will that it left before delays were loaded', async () => {
    await open([closed('secret')], false);
    const will = { topic: '$delayed/0/secret', payload: Buffer.from('x'), qos: 1 as const, retain: false };
    const mortal = await connect('mortal', { will });
    await change('load');
    const wire = await subscriber();
    await mortal.vanish();
    await isOffline(gateway, 'mortal');
    await eventually(() => refusals('mortal').length > 0, 'the refusal');
    expect(refusals('mortal')).toEqual([['ACL', 'WILL', "not authorized to publish to 'secret'"]]);
    await publish(await connect('publisher'), 'end');
    expect(await received(wire)).toBe('end=x@1');
  });
});

describe('delayed messages above a limit', () => {
  test.each([
    ['in count', '{delayed.max_delayed_messages: 1}', 'the broker has 1 delayed messages; the limit is 1'],
    ['in bytes', '{delayed.max_delayed_bytes: 60}', 'the broker has 70 bytes of delayed messages; the limit is 60'],
  ])('%s are acknowledged, dropped and noted, and refused to the API', async (_, limits, sentence) => {
    await open([], true, limits);
    const dropped: string[] = [];
    gateway.gateway.broker.events.dropped.listen(({ clientId }, count) => dropped.push(`${clientId} ${count}`));
    const publisher = await connect('publisher', { username: 'alice', clean: false });
    await publish(publisher, '$delayed/3600/t', 'x'.repeat(25));
    await publish(publisher, '$delayed/3600/t');
    await publisher.ask(publishPacket('$delayed/3600/t', 2, 2), 'pubrec');
    await publisher.ask({ cmd: 'pubrel', messageId: 2 }, 'pubcomp');
    expect(delayed().size).toBe(1);
    expect(refusals('publisher')).toEqual([['LIMIT', 'PUBLISH', sentence]]);
    const mutation =
      'mutation { publish(input: { topic: "$delayed/3600/t", payload: {text: "x"}, clientId: "publisher" }) { topic } }';
    expect(await refusal(gateway, mutation)).toMatchObject({ code: 'LIMIT_EXCEEDED', message: sentence });
    const will = { topic: '$delayed/3600/t', payload: Buffer.from('x'), qos: 0 as const, retain: false };
    const mortal = await connect('mortal', { will });
    mortal.socket.destroy();
    await eventually(() => dropped.length > 2, 'the will');
    expect(dropped).toEqual(['publisher 1', 'publisher 1', 'mortal 1']);
    expect(gateway.gateway.broker.metrics.messagesDropped).toBe(3);
    await ask(gateway, 'mutation { deleteDelayedMessages(input: {topicFilter: "#"}) { deletedCount } }');
    await publish(publisher, '$delayed/3600/t');
    expect(delayed().size).toBe(1);
  });

  test('count the names of who published them, after a restart too', async () => {
    const limits = '{delayed.max_delayed_bytes: 100000}';
    const fields = { clean: false, username: 'u'.repeat(60_000) };
    await open([], true, limits);
    let publisher = await connect('publisher', fields);
    for (let i = 0; i < 2; i++) await publish(publisher, '$delayed/3600/t');
    expect([delayed().size, refusals('publisher').length]).toEqual([1, 1]);
    await gateway.close();
    await open([], true, limits);
    publisher = await connect('publisher', fields);
    await publish(publisher, '$delayed/3600/t');
    expect([delayed().size, refusals('publisher').length]).toEqual([1, 1]);
    await publish(await connect('other'), '$delayed/3600/t');
    expect(delayed().size).toBe(2);
  });
});

describe('unloading', () => {
  test('makes $delayed/… a topic as any other, and lets what waits wait until it is loaded again', async () => {
    await open();
    const wire = await subscriber();
    const publisher = await connect('publisher');
    await publish(publisher, '$delayed/1/t', 'before');
    await change('unload');
    await publish(publisher, '$delayed/0/t', 'meanwhile');
    await publish(publisher, '$delayed/x/t', 'no delay');
    expect(await received(wire)).toBe('$delayed/0/t=meanwhile@1');
    expect(await received(wire)).toBe('$delayed/x/t=no delay@1');
    expect(await listed()).toEqual(['t=before']);
    await change('load');
    expect(await received(wire)).toBe('t=before@1');
  });

  test('lets it wait over a restart, too', async () => {
    await open();
    await publish(await connect('publisher'), '$delayed/0/t', 'early');
    await eventually(() => delayed().size === 0, 'its publication');
    await publish(await connect('publisher'), '$delayed/1/t', 'before');
    await change('unload');
    await gateway.close();
    await open([], false);
    expect(await listed()).toEqual(['t=before']);
    const wire = await subscriber();
    await change('load');
    expect(await received(wire)).toBe('t=before@1');
  });

  test('and loading anew under traffic loses and doubles nothing', async () => {
    await open();
    const wire = await subscriber();
    const publisher = await connect('publisher');
    let isOver = false;
    const reloads = (async () => {
      for (let i = 0; i < 20; i++) await change('reload');
      isOver = true;
    })();
    let count = 0;
    for (; !isOver; count++) await publish(publisher, '$delayed/0/t', `${count}`);
    await reloads;
    for (let i = 0; i < count; i++) expect(await received(wire)).toBe(`t=${i}@1`);
  });
});

describe('a restart', () => {
  test('keeps messages, and publishes what became due meanwhile at once, in its order', async () => {
    await open();
    await (await subscriber('away', { clean: false })).disconnect();
    const publisher = await connect('publisher', { username: 'alice' });
    await publish(publisher, '$delayed/3601/t', 'second', true);
    await publish(publisher, '$delayed/3600/t', 'first');
    await publish(publisher, '$delayed/36000/t', 'third');
    await gateway.close();
    putAhead(2 * HOUR);
    await open();
    const wire = await connect('away', { clean: false });
    expect([await received(wire), await received(wire)]).toEqual(['t=first@1', 't=second@1']);
    await wire.settle();
    expect(await listed()).toEqual(['t=third']);
    expect(gateway.gateway.broker.retained.get('t')).toMatchObject({ clientId: 'publisher', username: 'alice' });
  });

  test('is what the clock of the wall counts for: while a broker runs, it hurries nothing', async () => {
    await open();
    const wire = await subscriber();
    const publisher = await connect('publisher');
    await publish(publisher, '$delayed/3600/t', 'not yet');
    putAhead(2 * HOUR);
    await publish(publisher, '$delayed/1/t', 'soon');
    expect(await received(wire)).toBe('t=soon@1');
    expect(await listed()).toEqual(['t=not yet']);
  });

  test('gives a message that comes then no place before those that came earlier', async () => {
    await open();
    vi.spyOn(Date, 'now').mockReturnValue(Date.now());
    await publish(await connect('publisher'), '$delayed/2/t', 'one');
    await gateway.close();
    await open();
    const wire = await subscriber();
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now());
    await publish(await connect('publisher'), '$delayed/2/t', 'two');
    clock.mockRestore();
    expect([await received(wire), await received(wire)]).toEqual(['t=one@1', 't=two@1']);
  });
});

describe('a store that takes no writes', () => {
  test('ends the connection of a publisher whose message is not taken, and publishes what it has when it heals', async () => {
    await open();
    const store = interposeStore(folder);
    const wire = await subscriber();
    const publisher = await connect('publisher');
    await publish(publisher, '$delayed/1/t', 'kept');
    const heal = store.fail();
    publisher.write(publishPacket('$delayed/0/t', 1, 2, 'refused'));
    await publisher.closed;
    heal();
    expect(await received(wire)).toBe('t=kept@1');
    await wire.settle();
    expect(delayed().size).toBe(0);
    store.restore();
  });

  test.each([true, false])(
    'neither loses nor doubles a message that was being published (written: %s)',
    async (isWritten) => {
      await open();
      const store = interposeStore(folder);
      await (await subscriber('away', { clean: false })).disconnect();
      await publish(await connect('publisher'), '$delayed/1/t', 'x');
      const heal = store.fail(isWritten);
      await eventually(async () => (await fetch(`${gateway.httpUrl}/readyz`)).status === 503, 'the failure');
      heal();
      await eventually(async () => (await fetch(`${gateway.httpUrl}/readyz`)).status === 200, 'the cure');
      const wire = await connect('away', { clean: false });
      expect(await received(wire)).toBe('t=x@1');
      await wire.settle();
      expect(delayed().size).toBe(0);
      store.restore();
    },
  );
});

describe('delayedMessages', () => {
  test('shows what waits, by client, topic, prefix and topic filter, and deletes it', async () => {
    await open();
    const ann = await connect('ann', { username: 'alice' });
    const before = Date.now();
    await publish(ann, '$delayed/60/plant/1', '{"on":true}', true);
    await publish(ann, '$delayed/30/plant/2', 'two');
    await publish(await connect('bob'), '$delayed/30/house', 'three');
    const one = `{ delayedMessages(page: { limit: 1 }) {
      items { topic qos retain clientId username receivedAt publishAt nodeName payloadSize payload { text json } }
      meta { count countIsExact }
    } }`;
    const { delayedMessages } = await ask<{ delayedMessages: { items: Record<string, string>[] } }>(gateway, one);
    expect(delayedMessages).toEqual({
      items: [
        {
          topic: 'plant/1',
          qos: 1,
          retain: true,
          clientId: 'ann',
          username: 'alice',
          receivedAt: expect.any(String),
          publishAt: expect.any(String),
          nodeName: 'brokerql@127.0.0.1',
          payloadSize: 11,
          payload: { text: '{"on":true}', json: { on: true } },
        },
      ],
      meta: { count: 3, countIsExact: true },
    });
    const [row] = delayedMessages.items;
    expect(Date.parse(row?.receivedAt ?? '')).toBeGreaterThanOrEqual(before);
    expect(Date.parse(row?.publishAt ?? '') - Date.parse(row?.receivedAt ?? '')).toBeGreaterThanOrEqual(60_000);

    const query = 'query ($filter: DelayedMessageFilter) { delayedMessages(filter: $filter) { items { id topic } } }';
    const found = async (filter: object) =>
      (await ask<{ delayedMessages: { items: { id: string; topic: string }[] } }>(gateway, query, { filter }))
        .delayedMessages.items;
    const topics = async (filter: object) => (await found(filter)).map(({ topic }) => topic);
    expect(await topics({})).toEqual(['plant/1', 'plant/2', 'house']);
    expect(await topics({ clientId: 'ann' })).toEqual(['plant/1', 'plant/2']);
    expect(await topics({ topic: 'plant/2' })).toEqual(['plant/2']);
    expect(await topics({ topic: 'plant/' })).toEqual([]);
    expect(await topics({ topicPrefix: 'plant/' })).toEqual(['plant/1', 'plant/2']);
    expect(await topics({ matches: '+/1' })).toEqual(['plant/1']);
    expect(await topics({ matches: '#', clientId: 'bob' })).toEqual(['house']);
    expect((await refusal(gateway, query, { filter: { matches: 'a#' } })).code).toBe('BAD_USER_INPUT');

    const mutation = `mutation ($input: DeleteDelayedMessagesInput!) {
      deleteDelayedMessages(input: $input) { deletedCount }
    }`;
    const erase = async (input: object) =>
      (await ask<{ deleteDelayedMessages: { deletedCount: number } }>(gateway, mutation, { input }))
        .deleteDelayedMessages.deletedCount;
    const [house] = await found({ topic: 'house' });
    expect(await erase({ id: house?.id })).toBe(1);
    expect(await erase({ ids: [house?.id, 'none', '', 'zz-zz'] })).toBe(0);
    expect(await erase({ topicFilter: 'plant/1' })).toBe(1);
    expect((await refusal(gateway, mutation, { input: { topicFilter: 'a#' } })).code).toBe('BAD_USER_INPUT');
    expect(await topics({})).toEqual(['plant/2']);
    await gateway.close();
    await open();
    expect(await topics({})).toEqual(['plant/2']);
  });

  test('goes on behind a cursor', async () => {
    await open();
    const publisher = await connect('publisher');
    for (const name of ['a', 'b', 'c']) await publish(publisher, `$delayed/60/${name}`);
    const page = `query ($after: String) { delayedMessages(page: {limit: 2, after: $after}) {
      items { topic } meta { endCursor } } }`;
    type Answer = { delayedMessages: { items: { topic: string }[]; meta: { endCursor: string } } };
    const first = (await ask<Answer>(gateway, page)).delayedMessages;
    expect(first.items.map(({ topic }) => topic)).toEqual(['a', 'b']);
    const second = (await ask<Answer>(gateway, page, { after: first.meta.endCursor })).delayedMessages;
    expect(second.items.map(({ topic }) => topic)).toEqual(['c']);
  });
});
