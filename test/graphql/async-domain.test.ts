import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExecutionResult, execute, type GraphQLObjectType, parse, validate } from 'graphql';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Context } from '../../resolvers/context.ts';
import { restEndpoints } from '../../rest-facade/facade.ts';
import { openAccess } from '../../src/access/access.ts';
import { MqttBroker } from '../../src/broker/mqtt-broker.ts';
import { createTcpPort } from '../../src/broker/mqtt-ports.ts';
import { Cluster } from '../../src/cluster/cluster.ts';
import type { NodeHandle, Principal } from '../../src/domain.ts';
import { Live } from '../../src/graphql/live/live.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { packageRoot } from '../../src/package.ts';
import { SessionStore } from '../../src/store/session-store.ts';
import { openStore } from '../../src/store/store.ts';
import { firstPayload } from '../live/first-payload.ts';
import { eventually, NODE, testConfig } from '../support/gateway.ts';
import { createNode } from '../support/node.ts';
import { ofTheConnection, operation } from './operations.ts';

const { mqtt: limits } = testConfig('unused');
const schema = createSchema(join(packageRoot, 'schema'));
const dataDir = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
const kept = await openStore(dataDir);
const store = await SessionStore.open(kept.database);
const broker = new MqttBroker({
  nodeName: NODE,
  limits,
  allowAnonymous: true,
  store,
  onClientFault: () => {},
  onFault: (error) => {
    throw error;
  },
});
// No plugin is loaded here that would let topics keep messages.
broker.retained.limits = { maxCount: 0, maxPayload: 0, expiryInterval: 0 };
const port = createTcpPort(broker, {});
const node = await createNode(broker, [port], kept);

/** The node as a peer would be: every method answers a promise. */
const peer = new Proxy<NodeHandle>(node, {
  get(target, name: keyof NodeHandle) {
    const property: unknown = target[name];
    if (typeof property !== 'function') return property;
    return async (...args: unknown[]) => {
      await new Promise(setImmediate);
      return property.apply(target, args);
    };
  },
});

const access = await openAccess(kept, { onFault: () => {}, onFailures: () => {} });

const principal: Principal = {
  kind: 'application',
  name: 'app',
  role: 'ADMIN',
  restProfile: null,
  expiresAt: null,
  secretId: '',
  signInId: null,
};

const contextOver = (handle: NodeHandle): Context => ({
  domain: new Cluster(handle, [], limits, (_, kind) => restEndpoints('V3_2', kind)),
  access,
  caller: { principal, address: '::1', userAgent: null, via: 'GRAPHQL', setSignInToken: null },
  limits: { page: 10_000, items: 1000 },
});

const here = contextOver(node);
const away = contextOver(peer);

/** The answer without the prototypes of graphql-js, errors by message and code. */
const plain = ({ data, errors }: ExecutionResult) => ({
  data: JSON.parse(JSON.stringify(data ?? null)) as unknown,
  errors: errors?.map(({ message, extensions, path }) => ({ message, code: extensions.code, path })) ?? [],
});

async function run(text: string, contextValue: Context) {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  return plain(await execute({ schema, document, contextValue }));
}

const clients: MqttClient[] = [];
const url = () => `mqtt://127.0.0.1:${port.port}`;

async function connect(clientId: string, clean: boolean, ...topicFilters: string[]): Promise<void> {
  const client = await mqtt.connectAsync(url(), { clientId, clean, reconnectPeriod: 0 });
  clients.push(client);
  if (topicFilters.length > 0) await client.subscribeAsync(topicFilters, { qos: 1 });
}

/** Sets the same scene again: two clients, and the session of a third. */
async function setScene(): Promise<void> {
  await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
  await eventually(() => broker.registry.connectionsCount === 0, 'the clients to leave');
  for (const clientId of [...broker.registry.sessionsById.keys()]) await broker.cleanSession(clientId);
  await connect('gone', false, 'c/#');
  await clients.pop()?.endAsync();
  await eventually(() => broker.registry.connectionsCount === 0, 'the client to leave');
  broker.retained.limits = { maxCount: 0, maxPayload: 0, expiryInterval: 0 };
  for (const topic of ['r/1', 'r/2']) {
    const message = { topic, payload: Buffer.from(`"${topic}"`), qos: 1 as const, clientId: 'ann', username: null };
    broker.retained.set({ ...message, nodeName: NODE, publishedAt: 1000 });
  }
  broker.delayed.delete(broker.delayed.matching('#'));
  const delay = { seconds: 3600, topic: 'd/1' };
  const later = { topic: '', payload: Buffer.from('1'), qos: 1 as const, retain: false, clientId: 'ann' };
  broker.delayed.put({ ...later, publishedAt: 1000 }, delay, null, () => {});
  await eventually(() => broker.delayed.size === 1, 'the message to wait');
  await here.domain.deleteBans({ whoContains: '' });
  const details = { reason: null, by: null, desc: null, until: null };
  for (const who of ['bart', 'lisa']) await here.domain.createBan({ as: 'USERNAME', who, ...details }, null);
  for (const name of ['ann', 'bob']) await node.deleteCredential('USERNAME', name);
  await node.createCredential('USERNAME', 'ann', 'x');
  await connect('ann', true, 'a', 'b/+');
  await connect('bob', false, 'a');
}

beforeAll(async () => {
  await broker.start();
  await port.listen('127.0.0.1', 0);
  const refused = { clientId: 'refused', username: null, ipAddress: '::1', port: 1 };
  for (const topic of ['a+', 'b+']) broker.refusals.note(refused, 'PROTOCOL', 'SUBSCRIBE', 'no topic filter', topic);
  await node.changePlugin('emqx_auth_username', 'load');
  await setScene();
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.endAsync(true)));
  await broker.close();
  await port.close();
  await access.close();
  await kept.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** What is kept on this node alone, and asks no other: accounts, sign-ins and the audit log. */
const ofThisNode =
  /^(me|applications?|users?|signIns|auditEntries|\w+(Application|ApplicationSecret|User|Password|SignIn)|signIn|signOut)$/;

const fieldsOf = (root: GraphQLObjectType | null | undefined): string[] =>
  Object.keys(root?.getFields() ?? {})
    .filter((name) => !ofThisNode.test(name))
    .sort();

describe('over a node that answers promises, a query answers the same', () => {
  const queries: [string, string][] = [
    ['nodes', ''],
    ['node', `(name: "${NODE}")`],
    ['node', '(name: "nowhere")'],
    ['brokers', ''],
    ['broker', `(node: "${NODE}")`],
    ['broker', '(node: "nowhere")'],
    ['metrics', ''],
    ['stats', `(node: "${NODE}")`],
    ['stats', '(node: "nowhere")'],
    ['listeners', ''],
    ['connections', ''],
    ['connections', '(page: { limit: 1, page: 2 }, filter: { clientIdContains: "b" })'],
    ['connections', '(page: { after: "abc" })'],
    ['connection', '(clientId: "ann")'],
    ['connection', '(clientId: "nobody")'],
    ['connectionsByClientId', '(clientIds: ["bob", "nobody", "ann"])'],
    ['sessions', '(filter: { connected: false })'],
    ['session', '(clientId: "gone")'],
    ['session', `(clientId: "nobody", node: "${NODE}")`],
    ['subscriptions', '(filter: { matches: "b/1" })'],
    ['subscriptionsByClientId', '(clientId: "ann")'],
    ['routes', '(filter: { topicFilter: "a" })'],
    ['retainedMessages', ''],
    ['retainedMessages', '(filter: { matches: "r/+" }, page: { limit: 1 })'],
    ['retainedMessages', '(filter: { matches: "a#" })'],
    ['retainedMessage', '(topic: "r/1")'],
    ['retainedMessage', '(topic: "none")'],
    ['delayedMessages', ''],
    ['delayedMessages', '(filter: { matches: "d/+" }, page: { limit: 1 })'],
    ['delayedMessages', '(filter: { matches: "a#" })'],
    ['clientRefusals', '(clientId: "refused")'],
    ['recentRefusals', '(filter: { kind: PROTOCOL })'],
    ['alarms', ''],
    ['alarms', '(node: "nowhere")'],
    ['alarmHistory', ''],
    ['alarmHistory', '(page: { limit: 1, page: 2 })'],
    ['bans', ''],
    ['bans', '(filter: { as: USERNAME, whoPrefix: "b" })'],
    ['ban', '(as: USERNAME, who: "bart")'],
    ['ban', '(as: IP_ADDRESS, who: "no address")'],
    ['banPreview', '(target: { ban: { as: CLIENT_ID, who: "ann" } })'],
    ['banPreview', '(target: { filter: { ipAddressRange: "127.0.0.0/30" } }, page: { limit: 1 })'],
    ['banPreview', '(target: { filter: {} })'],
    ['plugins', ''],
    ['plugins', '(node: "nowhere")'],
    ['plugin', '(name: "emqx_recon")'],
    ['diagnostics', ''],
    ['configs', ''],
    ['configs', '(app: "emqx", key: "mqtt.max_inflight")'],
    ['configs', '(app: "nothing")'],
    ['configs', '(node: "nowhere")'],
    ['credentials', '(kind: USERNAME, filter: { namePrefix: "a" })'],
    ['credentials', '(kind: CLIENT_ID)'],
    ['credential', '(kind: USERNAME, name: "ann")'],
    ['credential', '(kind: USERNAME, name: "bob")'],
    ['restEndpoints', ''],
  ];

  test('for every field of Query', () => {
    expect([...new Set(queries.map(([name]) => name))].sort()).toEqual(fieldsOf(schema.getQueryType()));
  });

  test.each(queries)('%s%s', async (name, args) => {
    const text = operation(schema, 'query', name, args);
    expect(await run(text, away)).toEqual(await run(text, here));
  });

  test('with rows in it', async () => {
    expect(await run('{ routes { items { topicFilter subscriptions { items { clientId } } } } }', away)).toEqual({
      data: {
        routes: {
          items: [
            { topicFilter: 'c/#', subscriptions: { items: [{ clientId: 'gone' }] } },
            { topicFilter: 'a', subscriptions: { items: [{ clientId: 'ann' }, { clientId: 'bob' }] } },
            { topicFilter: 'b/+', subscriptions: { items: [{ clientId: 'ann' }] } },
          ],
        },
      },
      errors: [],
    });
  });
});

describe('over a node that answers promises, a mutation does the same', () => {
  const two = (one: string, other: string) => `(input: { requests: [${one}, ${other}] })`;
  const mutations: [string, string][] = [
    ['publish', '(input: { topic: "a", payload: { text: "x" } })'],
    ['publish', '(input: { topic: "a/+" })'],
    ['publishMany', '(input: { messages: [{ topic: "a" }, { topic: "#" }] })'],
    ['subscribe', '(input: { clientId: "gone", topicFilters: [{ topicFilter: "n", qos: 2 }] })'],
    ['subscribe', '(input: { clientId: "nobody", topicFilters: [{ topicFilter: "n" }] })'],
    ['unsubscribe', '(input: { clientId: "ann", topicFilters: ["a"] })'],
    ['unsubscribe', '(input: { clientId: "nobody", topicFilters: ["a"] })'],
    [
      'subscribeMany',
      two(
        '{ clientId: "ann", topicFilters: [{ topicFilter: "n" }] }',
        '{ clientId: "nobody", topicFilters: [{ topicFilter: "n" }] }',
      ),
    ],
    ['unsubscribeMany', two('{ clientId: "ann", topicFilters: ["a"] }', '{ clientId: "nobody", topicFilters: ["a"] }')],
    ['clearRetainedMessages', '(input: { topic: "r/1" })'],
    ['clearRetainedMessages', '(input: { topics: ["r/2", "none"] })'],
    ['clearRetainedMessages', '(input: { topicFilter: "#" })'],
    ['clearRetainedMessages', '(input: { topicFilter: "a#" })'],
    ['deleteDelayedMessages', '(input: { id: "none" })'],
    ['deleteDelayedMessages', '(input: { ids: ["none", ""] })'],
    ['deleteDelayedMessages', '(input: { topicFilter: "d/#" })'],
    ['deleteDelayedMessages', '(input: { topicFilter: "a#" })'],
    ['createCredential', '(input: { kind: USERNAME, name: "bob", password: "y" })'],
    ['createCredential', '(input: { kind: USERNAME, name: "ann", password: "y" })'],
    ['updateCredential', '(input: { kind: USERNAME, name: "ann", password: "y" })'],
    ['updateCredential', '(input: { kind: USERNAME, name: "bob", password: "y" })'],
    ['deleteCredential', '(input: { kind: USERNAME, name: "ann" })'],
    ['deleteCredential', '(input: { kind: CLIENT_ID, name: "ann" })'],
    ['kickConnection', '(input: { clientId: "ann" })'],
    ['kickConnection', '(input: { clientId: "gone" })'],
    ['kickConnections', '(input: { target: { clientIds: ["bob", "nobody"] } })'],
    ['kickConnections', '(input: { target: { filter: { clientIdContains: "b" } } })'],
    ['cleanSession', '(input: { clientId: "gone" })'],
    ['cleanSession', `(input: { clientId: "ann", node: "${NODE}" })`],
    ['cleanAclCache', '(input: { clientId: "ann", topic: "a" })'],
    ['cleanAclCache', '(input: { clientId: "gone", topic: "a" })'],
    ['clearAlarm', '(input: { id: "nothing" })'],
    ['deleteAlarmHistory', '(input: {})'],
    ['createBan', '(input: { as: IP_ADDRESS, who: "::FFFF:192.0.2.1", reason: "x", until: "2100-01-01T00:00:00Z" })'],
    ['createBan', '(input: { as: IP_ADDRESS, who: "192.0.2" })'],
    ['createBans', '(input: { bans: [{ as: CLIENT_ID, who: "" }, { as: CLIENT_ID, who: "zed", by: "ops" }] })'],
    ['banConnections', '(input: { filter: { clientIdPrefix: "" }, as: USERNAME })'],
    ['banConnections', '(input: { filter: {} })'],
    ['deleteBan', '(input: { as: USERNAME, who: "bart" })'],
    ['deleteBan', '(input: { as: IP_ADDRESS, who: "no address" })'],
    ['deleteBans', '(input: { filter: { whoPrefix: "b" } })'],
    ['deleteBans', '(input: { filter: {} })'],
    ['setConfig', '(input: { app: "emqx", key: "mqtt.max_inflight", value: "7" })'],
    ['setConfig', `(input: { app: "emqx", key: "mqtt.max_inflight", value: 8, node: "${NODE}" })`],
    ['setConfig', '(input: { app: "emqx", key: "mqtt.max_inflight", value: 0 })'],
    ['replaceConfigs', '(input: { app: "emqx_dashboard", values: [{ key: "auth.idle", value: "1h" }] })'],
    ['replaceConfigs', '(input: { app: "nothing", values: [] })'],
    ['resetConfig', '(input: { app: "emqx", key: "mqtt.max_inflight" })'],
    ['resetConfig', '(input: { app: "emqx", key: "nothing" })'],
    ['loadPlugin', '(input: { name: "emqx_recon" })'],
    ['unloadPlugin', '(input: { name: "emqx_recon" })'],
    ['reloadPlugin', `(input: { name: "emqx_recon", node: "${NODE}" })`],
  ];

  const state = `{
    sessions { items { clientId connected subscriptions { topicFilter qos } } }
    retainedMessages { items { topic } }
    credentials(kind: USERNAME) { items { name } }
    bans { items { as who reason by until } }
  }`;

  test('for every field of Mutation', () => {
    expect([...new Set(mutations.map(([name]) => name))].sort()).toEqual(fieldsOf(schema.getMutationType()));
  });

  test.each(mutations)('%s%s', async (name, args) => {
    const text = operation(schema, 'mutation', name, args, ofTheConnection);
    const outcome = async (context: Context) => {
      await setScene();
      return { answer: await run(text, context), after: await run(state, here) };
    };
    expect(await outcome(away)).toEqual(await outcome(here));
  });
});

describe('over a node that answers promises, a subscription begins with the same', () => {
  const sinceStart = `(after: "${node.incarnation}-0")`;
  const args: Record<string, string> = {
    messages: '(topicFilter: "r/1", retained: true)',
    connectionEvents: sinceStart,
    sessionEvents: sinceStart,
    subscriptionEvents: sinceStart,
  };
  const live = new Live({
    limits: { queue: 10, queueBytes: 10_000, dropped: 0 },
    keepalive: 1000,
    logFault: (fault) => {
      throw fault;
    },
  });

  /** Events that no cursor brings back begin with nothing, and so does a trace. */
  const begins = (name: string): boolean => name in args || (!name.endsWith('Events') && name !== 'traceClient');

  test.each(fieldsOf(schema.getSubscriptionType()).filter(begins))('%s', async (name) => {
    const document = parse(operation(schema, 'subscription', name, args[name] ?? ''));
    const first = (contextValue: Context) => firstPayload(live, { schema, document, contextValue });
    const expected = await first(here);
    expect(expected).toEqual({ data: { [name]: expect.anything() } });
    expect(await first(away)).toEqual(expected);
    expect(live.counts).toEqual({ executions: 0, sources: 0 });
  });
});
