import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Hooks } from '../../src/broker/hooks.ts';
import { connectPacket, connectWire, openWire, publishPacket, subscribePacket, type Wire } from '../broker/wire.ts';
import { addCallers, authorized } from '../doors/support/callers.ts';
import { CLIENT_IDS, titleOf } from '../names/names.ts';
import { eventually, NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { openStream, openWelcomed } from './callers.ts';
import { type Asked, type Following, overEventStream, overWebSocket } from './doors.ts';

const ALL = `
  __typename at nodeName clientId ipAddress port
  ... on TracedPacket {
    direction packetType packetId topic qos retain duplicate payloadSize payload { size text json base64 }
    subscriptions { topicFilter qos } topicFilters returnCode returnCodes sessionPresent
    username cleanSession keepalive protocolName protocolVersion willTopic willQos willRetain
  }
  ... on TracedEnd { reason }`;
const BRIEF = '... on TracedPacket { direction packetType returnCode } ... on TracedEnd { reason }';

const ADMIN = authorized('app-admin').authorization as string;

const hooks: Hooks = { authenticate: ({ username }) => (username === 'eve' ? 'deny' : 'ignore') };

type Event = Record<string, unknown>;

interface Data {
  readonly traceClient: Event;
}

let gateway: TestGateway;
const followings: Following<Data>[] = [];

const start = async (yaml = 'mqtt: {refused_filters: [secret/plans]}\n'): Promise<void> => {
  gateway = await startGateway(yaml, {}, undefined, [hooks]);
  await addCallers(gateway);
};

const leave = async (): Promise<void> => {
  for (const following of followings.splice(0)) await following[Symbol.asyncDispose]();
};

const traces = () => gateway.gateway.broker.traces;

const query = (clientId: string, selection = ALL, more = ''): string =>
  `subscription { traceClient(clientId: ${JSON.stringify(clientId)}${more}) { ${selection} } }`;

/** Follows as an application that may; nothing is missed from when this resolves. */
async function follow(document: string, asked?: Asked, base = gateway.httpUrl): Promise<Following<Data>> {
  const following = await overWebSocket<Data>(base, document, { authorization: ADMIN, ...asked });
  followings.push(following);
  return following;
}

const trace = (clientId: string, selection = ALL): Promise<Following<Data>> => follow(query(clientId, selection));

/** The next events without what is null in them. */
async function next(following: Following<Data>, count: number): Promise<Event[]> {
  const events: Event[] = [];
  while (events.length < count) {
    const known = Object.entries((await following.data()).traceClient).filter(([, value]) => value !== null);
    events.push(Object.fromEntries(known));
  }
  return events;
}

/** In one word each: `>CONNECT` is received, `<CONNACK 0` is sent, `END closed`. */
const word = ({ direction, packetType, returnCode, reason }: Event): string => {
  if (reason !== undefined) return `END ${reason}`;
  return `${direction === 'RECEIVED' ? '>' : '<'}${packetType}${returnCode == null ? '' : ` ${returnCode}`}`;
};

const words = async (following: Following<Data>, count: number): Promise<string[]> =>
  (await next(following, count)).map(word);

const localPort = ({ socket }: Wire): number => socket.localPort as number;

describe('traceClient', () => {
  beforeAll(() => start());
  afterAll(() => gateway.close());
  afterEach(async () => {
    await leave();
    await eventually(() => traces().size === 0, 'the traces to end');
  });

  test('shows a whole conversation, packet by packet', async () => {
    const talker = await trace('talker');
    const before = Date.now();
    const wire = await connectWire(gateway, {
      clientId: 'talker',
      username: 'ann',
      password: Buffer.from('hunter2'),
      keepalive: 30,
      will: { topic: 'wills/talker', payload: Buffer.from('last words'), qos: 1, retain: true },
    });
    const port = localPort(wire);
    await wire.ask(subscribePacket(11, ['to/#', 2], ['secret/plans', 1]), 'suback');
    wire.write(publishPacket('from/0', 0, undefined, 'zero'));
    await wire.ask({ ...publishPacket('from/1', 1, 12, '{"one":1}'), dup: true, retain: true }, 'puback');
    await wire.ask(publishPacket('from/2', 2, 13), 'pubrec');
    await wire.ask({ cmd: 'pubrel', messageId: 13 }, 'pubcomp');
    const other = await connectWire(gateway, { clientId: 'other' });
    other.write(publishPacket('to/0', 0));
    await wire.next('publish');
    await other.ask({ ...publishPacket('to/1', 1, 1), payload: Buffer.of(0xff, 0) }, 'puback');
    const { messageId: first = 0 } = await wire.next('publish');
    wire.write({ cmd: 'puback', messageId: first });
    await other.ask(publishPacket('to/2', 2, 2), 'pubrec');
    await other.ask({ cmd: 'pubrel', messageId: 2 }, 'pubcomp');
    const { messageId: second = 0 } = await wire.next('publish');
    await wire.ask({ cmd: 'pubrec', messageId: second }, 'pubrel');
    wire.write({ cmd: 'pubcomp', messageId: second });
    await wire.settle();
    await wire.ask({ cmd: 'unsubscribe', messageId: 14, unsubscriptions: ['to/#', 'none'] }, 'unsuback');
    await wire.disconnect();

    const at = expect.any(String);
    const from = { at, nodeName: NODE, clientId: 'talker', ipAddress: '127.0.0.1', port };
    const received = (packetType: string, fields: Event = {}) => ({
      ...{ __typename: 'TracedPacket', ...from, direction: 'RECEIVED', packetType },
      ...fields,
    });
    const sent = (packetType: string, fields: Event = {}) => ({
      ...received(packetType, fields),
      direction: 'SENT',
    });
    const message = (topic: string, qos: number, text: string | null, base64: string, size: number, more = {}) => ({
      ...{ topic, qos, retain: false, duplicate: false, payloadSize: size },
      payload: { size, text, json: null, base64 },
      ...more,
    });
    const events = await next(talker, 24);
    expect(events).toEqual([
      received('CONNECT', {
        username: 'ann',
        cleanSession: true,
        keepalive: 30,
        protocolName: 'MQTT',
        protocolVersion: 4,
        willTopic: 'wills/talker',
        willQos: 1,
        willRetain: true,
      }),
      sent('CONNACK', { returnCode: 0, sessionPresent: false }),
      received('SUBSCRIBE', {
        packetId: 11,
        subscriptions: [
          { topicFilter: 'to/#', qos: 2 },
          { topicFilter: 'secret/plans', qos: 1 },
        ],
      }),
      sent('SUBACK', { packetId: 11, returnCodes: [2, 128] }),
      received('PUBLISH', message('from/0', 0, 'zero', 'emVybw==', 4)),
      received('PUBLISH', {
        ...message('from/1', 1, '{"one":1}', 'eyJvbmUiOjF9', 9, { packetId: 12, retain: true, duplicate: true }),
        payload: { size: 9, text: '{"one":1}', json: { one: 1 }, base64: 'eyJvbmUiOjF9' },
      }),
      sent('PUBACK', { packetId: 12 }),
      received('PUBLISH', message('from/2', 2, 'x', 'eA==', 1, { packetId: 13 })),
      sent('PUBREC', { packetId: 13 }),
      received('PUBREL', { packetId: 13 }),
      sent('PUBCOMP', { packetId: 13 }),
      sent('PUBLISH', message('to/0', 0, 'x', 'eA==', 1)),
      sent('PUBLISH', message('to/1', 1, null, '/wA=', 2, { packetId: first })),
      received('PUBACK', { packetId: first }),
      sent('PUBLISH', message('to/2', 2, 'x', 'eA==', 1, { packetId: second })),
      received('PUBREC', { packetId: second }),
      sent('PUBREL', { packetId: second }),
      received('PUBCOMP', { packetId: second }),
      received('PINGREQ'),
      sent('PINGRESP'),
      received('UNSUBSCRIBE', { packetId: 14, topicFilters: ['to/#', 'none'] }),
      sent('UNSUBACK', { packetId: 14 }),
      received('DISCONNECT'),
      { __typename: 'TracedEnd', ...from, reason: 'closed' },
    ]);
    for (const event of events) {
      expect(Date.parse(String(event.at))).toBeGreaterThanOrEqual(before);
      expect(Date.parse(String(event.at))).toBeLessThanOrEqual(Date.now());
    }
    const told = JSON.stringify(events);
    for (const secret of ['hunter2', 'last words']) {
      expect(told).not.toContain(secret);
      expect(told).not.toContain(Buffer.from(secret).toString('base64'));
    }
    await other.disconnect();
  });

  test('shows over server-sent events what a client of a library says, over WebSocket too', async () => {
    await using stream = await overEventStream<Data>(gateway.httpUrl, query('library', BRIEF), {
      authorization: ADMIN,
    });
    for (const overWebSocket of [false, true]) {
      const client = await gateway.connect({ clientId: 'library', overWebSocket, clean: false });
      await client.subscribeAsync('library/#', { qos: 1 });
      await client.publishAsync('elsewhere', 'x', { qos: 1 });
      await client.endAsync();
      expect(await words(stream, 8)).toEqual([
        '>CONNECT',
        '<CONNACK 0',
        '>SUBSCRIBE',
        '<SUBACK',
        '>PUBLISH',
        '<PUBACK',
        '>DISCONNECT',
        'END closed',
      ]);
    }
  });

  test('shows messages that come again, and those that waited', async () => {
    const first = await connectWire(gateway, { clientId: 'away', clean: false });
    await first.subscribe(['away/#', 1]);
    await (await gateway.connect()).publishAsync('away/1', 'a', { qos: 1 });
    await first.next('publish');
    await first.vanish();
    await (await gateway.connect()).publishAsync('away/2', 'b', { qos: 1 });
    const away = await trace(
      'away',
      '... on TracedPacket { packetType sessionPresent topic duplicate } ... on TracedEnd { reason }',
    );
    const again = await connectWire(gateway, { clientId: 'away', clean: false });
    expect(await next(away, 4)).toEqual([
      { packetType: 'CONNECT' },
      { packetType: 'CONNACK', sessionPresent: true },
      { packetType: 'PUBLISH', topic: 'away/1', duplicate: true },
      { packetType: 'PUBLISH', topic: 'away/2', duplicate: false },
    ]);
    await again.disconnect();
  });

  test.each([
    ['has wrong credentials', { username: 'eve' }, 5, 'not_authorized'],
    ['is banned', { username: 'mallory' }, 5, 'banned'],
    ['has an id that is too long', { clientId: 'x'.repeat(1025) }, 2, 'not_authorized'],
    ['asks for MQTT 5', { protocolVersion: 5 as const }, 1, 'protocol_error'],
  ])('shows the refusal of a client that %s', async (_, fields, returnCode, reason) => {
    const nothing = { reason: null, by: null, desc: null, until: null };
    await gateway.gateway.domain.createBan({ as: 'USERNAME', who: 'mallory', ...nothing }, null);
    const connect = connectPacket({ clientId: 'refused', ...fields });
    const refused = await trace(connect.clientId);
    const wire = await openWire(gateway);
    const port = localPort(wire);
    wire.write(connect);
    await wire.closed;
    const events = await next(refused, 3);
    expect(events.map(word)).toEqual(['>CONNECT', `<CONNACK ${returnCode}`, `END ${reason}`]);
    expect(events).toMatchObject(events.map(() => ({ clientId: connect.clientId, port })));
  });

  test('shows a CONNECT that ends without an answer', async () => {
    const unanswered = await trace('unanswered', BRIEF);
    const wire = await openWire(gateway);
    wire.write(connectPacket({ clientId: 'unanswered', will: { topic: 'a/+', payload: '', qos: 0, retain: false } }));
    await wire.closed;
    expect(await words(unanswered, 2)).toEqual(['>CONNECT', 'END protocol_error']);
  });

  test('begins on a client that is connected, and shows nothing of others', async () => {
    const [wire, other] = [
      await connectWire(gateway, { clientId: 'there' }),
      await connectWire(gateway, { clientId: 'there too' }),
    ];
    const there = await trace('there', BRIEF);
    await other.settle();
    await wire.settle();
    await other.disconnect();
    await wire.disconnect();
    expect(await words(there, 4)).toEqual(['>PINGREQ', '<PINGRESP', '>DISCONNECT', 'END closed']);
  });

  test('begins on a client whose CONNECT waits for a verdict', async () => {
    let allow: (verdict: 'allow') => void = () => {};
    const asked = new Promise<void>((resolve) => {
      gateway.gateway.broker.hooks.replace([
        {
          authenticate: () => {
            resolve();
            return new Promise((verdict) => {
              allow = verdict;
            });
          },
        },
      ]);
    });
    const wire = await openWire(gateway);
    wire.write(connectPacket({ clientId: 'waiting' }));
    await asked;
    const waiting = await trace('waiting', BRIEF);
    allow('allow');
    await wire.next('connack');
    gateway.gateway.broker.hooks.replace([hooks]);
    await wire.disconnect();
    expect(await words(waiting, 3)).toEqual(['<CONNACK 0', '>DISCONNECT', 'END closed']);
  });

  test('finds a client by the id that the server made for it', async () => {
    const wire = await connectWire(gateway, { clientId: '' });
    const [clientId = ''] = [...gateway.gateway.broker.registry.sessionsById.keys()].filter((id) =>
      id.includes('aedes'),
    );
    const nameless = await trace(clientId, BRIEF);
    await wire.disconnect();
    expect(await words(nameless, 2)).toEqual(['>DISCONNECT', 'END closed']);
  });

  test.each([
    ['is kicked', 'kicked', async () => void (await gateway.gateway.domain.kick('leaver'))],
    ['vanishes', 'tcp_closed', (wire: Wire) => wire.vanish()],
    ['sends what is no packet', 'protocol_error', async (wire: Wire) => wire.write(Buffer.of(0, 0))],
    ['is silent for too long', 'keepalive_timeout', async () => {}],
  ])('ends a connection whose client %s with the reason', async (_, reason, end) => {
    const leaver = await trace('leaver', BRIEF);
    const wire = await connectWire(gateway, { clientId: 'leaver', keepalive: 1 });
    await end(wire);
    expect(await words(leaver, 3)).toEqual(['>CONNECT', '<CONNACK 0', `END ${reason}`]);
    await wire.closed;
  });

  test('shows a second CONNECT on a connection, which ends it', async () => {
    const twice = await trace('twice', BRIEF);
    const wire = await connectWire(gateway, { clientId: 'twice' });
    wire.write(connectPacket({ clientId: 'other' }));
    await wire.closed;
    expect(await words(twice, 4)).toEqual(['>CONNECT', '<CONNACK 0', '>CONNECT', 'END protocol_error']);
  });

  test('shows a takeover, with the port of each connection', async () => {
    const taken = await trace('taken', `port ${BRIEF}`);
    const first = await connectWire(gateway, { clientId: 'taken' });
    const firstPort = localPort(first);
    const second = await connectWire(gateway, { clientId: 'taken' });
    const secondPort = localPort(second);
    await first.closed;
    await second.disconnect();
    expect((await next(taken, 7)).map((event) => [event.port, word(event)])).toEqual([
      [firstPort, '>CONNECT'],
      [firstPort, '<CONNACK 0'],
      [secondPort, '>CONNECT'],
      [firstPort, 'END discarded'],
      [secondPort, '<CONNACK 0'],
      [secondPort, '>DISCONNECT'],
      [secondPort, 'END closed'],
    ]);
  });

  test.each(CLIENT_IDS.map((clientId) => [titleOf(clientId), clientId] as const))('finds %s', async (_, clientId) => {
    const found = await follow('subscription ($id: ID!) { traceClient(clientId: $id) { clientId } }', {
      variables: { id: clientId },
    });
    await (await connectWire(gateway, { clientId })).disconnect();
    expect(await next(found, 4)).toEqual(Array.from({ length: 4 }, () => ({ clientId })));
  });

  test('is one for all who trace a client, whatever they ask for', async () => {
    const [first, second] = [await trace('shared', BRIEF), await trace('shared', '__typename')];
    expect(traces().size).toBe(1);
    expect(gateway.gateway.live.counts).toEqual({ executions: 2, sources: 1 });
    const wire = await connectWire(gateway, { clientId: 'shared' });
    expect(await words(first, 2)).toEqual(['>CONNECT', '<CONNACK 0']);
    expect(await next(second, 2)).toEqual([{ __typename: 'TracedPacket' }, { __typename: 'TracedPacket' }]);
    await first[Symbol.asyncDispose]();
    await wire.disconnect();
    expect(await next(second, 2)).toEqual([{ __typename: 'TracedPacket' }, { __typename: 'TracedEnd' }]);
  });

  test('of one node is that of the node', async () => {
    const here = await follow(query('there', BRIEF, `, node: "${NODE}"`));
    await (await connectWire(gateway, { clientId: 'there' })).disconnect();
    expect(await words(here, 4)).toEqual(['>CONNECT', '<CONNACK 0', '>DISCONNECT', 'END closed']);
  });

  test('completes over WebSocket after its time, and frees its id', async () => {
    const brief = await follow(query('brief', BRIEF, ', seconds: 1'));
    expect(await brief.next()).toBeNull();
    const plain = await openWelcomed(gateway.httpUrl, ADMIN);
    for (const _ of [1, 2]) {
      plain.say({ type: 'subscribe', id: 'a', payload: { query: query('brief', BRIEF, ', seconds: 1') } });
      expect(await plain.hear()).toEqual({ type: 'complete', id: 'a' });
      expect(traces().size).toBe(0);
      expect(gateway.gateway.live.counts).toEqual({ executions: 0, sources: 0 });
    }
    plain.socket.close();
  });

  test('completes over server-sent events after its time, and closes the stream', async () => {
    const { response } = await openStream(gateway.httpUrl, query('brief', 'clientId', ', seconds: 2'), ADMIN);
    await eventually(() => traces().size === 1, 'the trace to begin');
    const ended = once(response, 'end');
    let text = '';
    response.on('data', (chunk) => {
      text += chunk;
    });
    const wire = await openWire(gateway);
    wire.write(connectPacket({ clientId: 'brief', username: 'eve' }));
    await wire.closed;
    await ended;
    const event = 'event: next\ndata: {"data":{"traceClient":{"clientId":"brief"}}}\n\n';
    expect(text).toBe(`:\n\n${event.repeat(3)}event: complete\ndata:\n\n`);
    expect(gateway.gateway.live.counts).toEqual({ executions: 0, sources: 0 });
  });

  test.each([
    ['app-viewer', 'VIEWER'],
    ['app-operator', 'OPERATOR'],
    ['user-operator', 'OPERATOR'],
  ])('is refused to %s', async (name, role) => {
    const base = name.startsWith('app') ? gateway.httpUrl : gateway.dashboardUrl;
    const refused = await follow(query('a'), { authorization: authorized(name).authorization as string }, base);
    expect((await refused.next())?.errors).toMatchObject([
      {
        message: `traceClient needs the role ADMIN; '${name}' has the role ${role}`,
        extensions: { code: 'FORBIDDEN' },
      },
    ]);
  });

  test('is for administrators among the users too', async () => {
    const authorization = authorized('user-admin').authorization as string;
    const following = await follow(query('for-user', BRIEF), { authorization }, gateway.dashboardUrl);
    await (await connectWire(gateway, { clientId: 'for-user' })).disconnect();
    expect(await words(following, 2)).toEqual(['>CONNECT', '<CONNACK 0']);
  });

  const noId = (shown: string) =>
    `clientId must be a client id of 1 to 65535 bytes, in UTF-8 and without U+0000, not '${shown}'`;

  test.each([
    ['seconds 0', { seconds: 0 }, 'BAD_USER_INPUT', 'seconds must be from 1 to 86400, not 0'],
    ['seconds -1', { seconds: -1 }, 'BAD_USER_INPUT', 'seconds must be from 1 to 86400, not -1'],
    ['seconds 86401', { seconds: 86_401 }, 'BAD_USER_INPUT', 'seconds must be from 1 to 86400, not 86401'],
    ['no client id', { clientId: '' }, 'BAD_USER_INPUT', noId('')],
    ['one that is too long', { clientId: 'é'.repeat(32_768) }, 'BAD_USER_INPUT', noId(`${'é'.repeat(200)}…`)],
    ['one with U+0000', { clientId: 'a\0' }, 'BAD_USER_INPUT', noId('a\\u0000')],
    ['one that is no UTF-8', { clientId: '\ud800' }, 'BAD_USER_INPUT', noId('\\ud800')],
    ['an unknown node', { node: 'nowhere' }, 'NOT_FOUND', "node 'nowhere' is unknown"],
  ])('is refused with %s', async (_, given, code, message) => {
    const text = `subscription ($clientId: ID!, $seconds: Int! = 60, $node: ID) {
      traceClient(clientId: $clientId, seconds: $seconds, node: $node) { at }
    }`;
    const refused = await follow(text, { variables: { clientId: 'a', ...given } });
    expect((await refused.next())?.errors).toMatchObject([{ message, extensions: { code } }]);
    expect(traces().size).toBe(0);
  });
});

describe('a reader of a trace that is too slow', () => {
  const MESSAGES = 256;

  beforeAll(() => start('graphql: {max_queue: 5, max_queue_bytes: 100000000}\n'));
  afterAll(() => gateway.close());
  afterEach(leave);

  test('loses the oldest packets, is told how many, and holds up nobody', async () => {
    const flood = await trace('flood', 'at ... on TracedPacket { payload { text } } ... on TracedEnd { reason }');
    flood.pause();
    const client = await gateway.connect({ clientId: 'flood' });
    for (let i = 0; i < MESSAGES; i++) await client.publishAsync('big', Buffer.alloc(65_536, '.'), { qos: 1 });
    await client.endAsync();
    flood.resume();
    let [came, dropped] = [0, 0];
    for (let isOver = false; !isOver; ) {
      const payload = await flood.next();
      if (!payload?.data) throw new Error(`no event came, but ${JSON.stringify(payload)}`);
      came++;
      dropped += payload.extensions?.dropped ?? 0;
      isOver = payload.data.traceClient.reason === 'closed';
    }
    expect(dropped).toBeGreaterThan(0);
    // CONNECT, CONNACK, PUBLISH and PUBACK, DISCONNECT, and the end.
    expect(came + dropped).toBe(2 + 2 * MESSAGES + 2);
  });
});
