import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createSchema } from '../../src/graphql/schema.ts';
import { packageRoot } from '../../src/package.ts';
import { authorized, SECRET } from '../doors/support/callers.ts';
import { ADMIN_AUTHORIZATION, eventually, NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { doors, type Following, overWebSocket } from './doors.ts';
import { documentOf, type LiveFieldName, liveFieldNames } from './live-fields.ts';

/** What a field is made to tell. */
interface Deed {
  /** Makes it tell something for the `n`th time, from 1 on. */
  make(n: number): unknown;
  /** What it tells then; `first` is what it told before anything was made. */
  told(n: number, first: unknown): unknown;
}

/** What an event is made by; `pass` makes one that the filter does not let through. */
interface EventDeed extends Deed {
  pass(n: number): unknown;
  /** What it told first since the start; that of the first deed when absent. */
  readonly oldest?: object;
}

let gateway: TestGateway;

const subscribe = async (clientId: string, topicFilter: string): Promise<void> => {
  const client = await gateway.connect({ clientId });
  await client.subscribeAsync(topicFilter);
};
const publish = async (topic: string, qos: 1 | 2, retain = false): Promise<void> => {
  const client = await gateway.connect();
  await client.publishAsync(topic, 'text', { qos, retain });
};
const put = (path: string, body: object = {}) => gateway.rest(path, { method: 'PUT', body });
const ban = (who: string) => gateway.rest('/banned', { method: 'POST', body: { who, as: 'username' } });
const raise = (id: string) =>
  gateway.gateway.alarms.raise({ id, severity: 'warning', title: 'Test', summary: 'something is tested' });
const turnPlugin = (name: string, n: number) =>
  put(`/nodes/${NODE}/plugins/${name}/${n % 2 === 1 ? 'unload' : 'load'}`);
const setting = (key: string, value: number) => put('/configs/emqx', { key, value: String(value) });
const mutate = (mutation: string, clientId: string) =>
  gateway.graphql(`mutation { ${mutation}(input: {clientId: "${clientId}"}) { clientId } }`);

/** One more than the figure of the only node. */
const more = (first: unknown, figure: string) => {
  const [{ [figure]: value } = {}] = first as Record<string, number>[];
  return [{ [figure]: Number(value) + 1 }];
};
const added = (clientId: string) => ({ added: [{ item: { clientId } }] });

const states: Record<Exclude<LiveFieldName, `${string}Events`>, Deed> = {
  stats: {
    make: (n) => publish(`stats/${n}`, 1, true),
    told: (_, first) => more(first, 'retainedCount'),
  },
  metrics: {
    make: () => publish('metrics', 2),
    told: (_, first) => more(first, 'messagesQos2Received'),
  },
  nodes: {
    make: () => gateway.connect(),
    told: (_, first) => more(first, 'connectionsCount'),
  },
  messages: {
    make: (n) => publish(`messages/${n}`, 1),
    told: (n) => ({ topic: `messages/${n}`, payload: { text: 'text' } }),
  },
  traceClient: {
    make: () => gateway.connect({ clientId: 'traceClient' }),
    told: () => ({ __typename: 'TracedPacket', packetType: 'CONNECT' }),
  },
  connectionPageUpdates: {
    make: (n) => gateway.connect({ clientId: `connectionPageUpdates-${n}` }),
    told: (n) => added(`connectionPageUpdates-${n}`),
  },
  sessionPageUpdates: {
    make: (n) => gateway.connect({ clientId: `sessionPageUpdates-${n}` }),
    told: (n) => added(`sessionPageUpdates-${n}`),
  },
  subscriptionPageUpdates: {
    make: (n) => subscribe(`subscriptionPageUpdates-${n}`, 'subscriptionPageUpdates/+'),
    told: (n) => added(`subscriptionPageUpdates-${n}`),
  },
};

/** What tells nothing before something happens. */
const BEGIN_WITH_NOTHING: readonly string[] = ['messages', 'traceClient'] satisfies (keyof typeof states)[];

const events: Record<Extract<LiveFieldName, `${string}Events`>, EventDeed> = {
  connectionEvents: {
    make: (n) => gateway.connect({ clientId: `connectionEvents-${n}` }),
    pass: () => gateway.connect(),
    told: (n) => ({ __typename: 'ClientConnected', clientId: `connectionEvents-${n}` }),
  },
  sessionEvents: {
    make: (n) => gateway.connect({ clientId: `sessionEvents-${n}` }),
    pass: () => gateway.connect(),
    told: (n) => ({ __typename: 'SessionCreated', clientId: `sessionEvents-${n}` }),
  },
  subscriptionEvents: {
    make: (n) => subscribe(`subscriptionEvents-${n}`, 'subscriptionEvents/+'),
    pass: (n) => subscribe(`subscriptionEvents-passed-${n}`, 'passed/+'),
    told: (n) => ({ __typename: 'ClientSubscribed', clientId: `subscriptionEvents-${n}` }),
  },
  alarmEvents: {
    make: (n) => raise(`alarmEvents:${n}`),
    pass: (n) => raise(`passed:${n}`),
    told: (n) => ({ __typename: 'AlarmRaised', alarm: { id: `alarmEvents:${n}` } }),
  },
  banEvents: {
    make: (n) => ban(`banEvents-${n}`),
    pass: (n) => ban(`passed-${n}`),
    told: (n) => ({ __typename: 'BanCreated', ban: { who: `banEvents-${n}` } }),
  },
  pluginEvents: {
    make: (n) => turnPlugin('emqx_recon', n),
    pass: (n) => turnPlugin('emqx_delayed_publish', n),
    told: (n) => ({ plugin: { name: 'emqx_recon', active: n % 2 === 0 } }),
    oldest: { plugin: { name: 'emqx_recon', active: true } },
  },
  configEvents: {
    make: (n) => setting('mqtt.max_inflight', 100 + n),
    pass: (n) => setting('mqtt.max_mqueue_len', 100 + n),
    told: (n) => ({ key: 'mqtt.max_inflight', value: 100 + n }),
  },
  listenerEvents: {
    make: (n) => gateway.gateway.ports.webSocket.onFault(new Error(`fault ${n}`)),
    pass: (n) => gateway.gateway.ports.mqtt.onFault(new Error(`passed ${n}`)),
    told: (n) => ({ protocol: 'mqtt:ws', message: `fault ${n}` }),
    oldest: { __typename: 'ListenerStarted', protocol: 'mqtt:ws' },
  },
  auditEvents: {
    make: (n) => mutate('kickConnection', `auditEvents-${n}`),
    pass: (n) => mutate('cleanAclCache', `auditEvents-${n}`),
    told: (n) => ({ entry: { what: 'kickConnection', target: `auditEvents-${n}` } }),
  },
};

test('every live field of the schema is followed here', () => {
  const schema = createSchema(join(packageRoot, 'schema'));
  expect([...Object.keys(states), ...Object.keys(events)].sort()).toEqual(
    Object.keys(schema.getSubscriptionType()?.getFields() ?? {}).sort(),
  );
});

describe.each(doors)('over %s', (_, follow) => {
  /** How often each field was made to tell something. */
  const counts = new Map<LiveFieldName, number>();
  const isNothingOpen = (): boolean => {
    const { executions, sources } = gateway.gateway.live.counts;
    return executions + sources + gateway.gateway.access.admissions.count === 0;
  };

  beforeAll(async () => {
    gateway = await startGateway();
    counts.clear();
  });

  afterAll(() => gateway.close());

  afterEach(() => eventually(isNothingOpen, 'the end of what was followed'));

  const nextOf = (name: LiveFieldName): number => {
    const n = (counts.get(name) ?? 0) + 1;
    counts.set(name, n);
    return n;
  };

  /** Follows as the user who may follow all of it. */
  const followAll = (document: string): Promise<Following<Record<string, Record<string, unknown>>>> =>
    follow(gateway.dashboardUrl, document, { authorization: ADMIN_AUTHORIZATION });

  test.each(Object.entries(states))('%s tells of what happens in MQTT', async (field, { make, told }) => {
    const name = field as keyof typeof states;
    await using following = await followAll(documentOf(name));
    const first = BEGIN_WITH_NOTHING.includes(name) ? null : (await following.data())[name];
    const n = nextOf(name);
    await make(n);
    expect(await following.data()).toEqual({ [name]: told(n, first) });
  });

  describe.each(Object.entries(events))('%s', (field, { make, pass, told, oldest }) => {
    const name = field as keyof typeof events;
    const followBehind = (after: unknown) => followAll(documentOf(name, `after: "${after}"`, '__typename cursor'));

    test('tell of what the filter lets through, and go on behind a cursor', async () => {
      const [one, two, three] = [nextOf(name), nextOf(name), nextOf(name)];
      let cursor: unknown;
      {
        await using following = await followAll(documentOf(name, '', 'cursor'));
        await pass(one);
        await make(one);
        const event = (await following.data())[name];
        expect(event).toEqual({ cursor: expect.any(String), ...(told(one, null) as object) });
        cursor = event?.cursor;
      }
      await pass(two);
      await make(two);
      await using following = await followBehind(cursor);
      expect((await following.data())[name]).toMatchObject(told(two, null) as object);
      await make(three);
      expect((await following.data())[name]).toMatchObject(told(three, null) as object);
    });

    test('refuse a cursor of an earlier start, and say which is the oldest that can be used', async () => {
      await make(nextOf(name));
      await using refused = await followBehind('0-1');
      const payload = await refused.next();
      expect(payload?.errors).toMatchObject([
        { extensions: { code: 'CURSOR_EXPIRED', argument: 'after', value: '0-1', oldestCursor: expect.any(String) } },
      ]);
      expect(await refused.next()).toBeNull();
      await using following = await followBehind(payload?.errors?.[0]?.extensions?.oldestCursor);
      expect((await following.data())[name]).toMatchObject(oldest ?? (told(1, null) as object));
    });
  });

  test('all of it ends when its caller may be in no more', async () => {
    const { applications, users } = gateway.gateway.access.accounts;
    const { authorization } = authorized('short-lived') as { authorization: string };
    await applications.create({ id: 'short-lived', secret: SECRET, role: 'ADMIN' });
    await users.create({ name: 'short-lived', password: SECRET, role: 'ADMIN' });
    const followings = await Promise.all(
      liveFieldNames.map((name) => {
        const url = name === 'auditEvents' ? gateway.dashboardUrl : gateway.httpUrl;
        return follow(url, documentOf(name), { authorization });
      }),
    );
    expect(gateway.gateway.live.counts.executions).toBe(liveFieldNames.length);
    await Promise.all([applications.delete('short-lived'), users.delete('short-lived')]);
    const codes = followings.map(async (following) => {
      while (await following.next()) {}
      return following.closed;
    });
    expect(new Set(await Promise.all(codes))).toEqual(new Set([follow === overWebSocket ? 4403 : null]));
    for (const following of followings) await following[Symbol.asyncDispose]();
  });
});
