import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { addCallers, authorized, SECRET, signIn, signInAs } from './support/callers.ts';
import { openWelcome, post, send } from './support/wire.ts';

const FROM = '127.200.0.1';
const PAYLOAD = 'what the message says';
const NEW_SECRET = 'a secret that is new';

interface Entry {
  readonly id: string;
  readonly at: string;
  readonly who: string | null;
  readonly kind: string | null;
  readonly role: string | null;
  readonly from: string | null;
  readonly via: string;
  readonly what: string;
  readonly target: string | null;
  readonly refusal: string | null;
  readonly message: string | null;
}

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
  await addCallers(gateway);
});

afterAll(() => gateway.close());

/** Entries as an admin reads them, the newest first. */
async function entries(filter = '{}', { dashboardUrl } = gateway): Promise<readonly Entry[]> {
  const query = `{ auditEntries(page: { limit: 10000 }, filter: ${filter}) {
    items { id at who kind role from via what target refusal message }
  } }`;
  const { json } = await post(dashboardUrl, query, authorized('user-admin'));
  const { items } = (json.data?.auditEntries ?? { items: [] }) as { readonly items: readonly Entry[] };
  return items;
}

/** What was added while something was done, the oldest first. */
async function added(act: () => Promise<unknown>): Promise<readonly Omit<Entry, 'id' | 'at'>[]> {
  const before = Number((await entries())[0]?.id ?? 0);
  await act();
  const news = (await entries()).filter(({ id }) => Number(id) > before).reverse();
  return news.map(({ id: _, at: __, ...entry }) => entry);
}

const done = { from: FROM, refusal: null, message: null };
const byApplication = { ...done, who: 'app-operator', kind: 'APPLICATION', role: 'OPERATOR', via: 'GRAPHQL' };
const byAdmin = { ...done, who: 'user-admin', kind: 'USER', role: 'ADMIN', via: 'DASHBOARD' };

test('a payload that is refused is in no entry', async () => {
  const query = 'mutation ($text: String!) { publish(input: { topic: "a", payload: { text: $text } }) { topic } }';
  const body = { query, variables: { text: `${PAYLOAD}\ud800` } };
  const headers = { 'content-type': 'application/json', ...authorized('app-operator') };
  const sent = { method: 'POST', path: '/graphql', headers, body, from: FROM };
  const refusal = { refusal: 'BAD_USER_INPUT', message: 'the payload was refused' };
  expect(await added(() => send(gateway.httpUrl, sent))).toEqual([
    { ...byApplication, what: 'publish', target: 'a', ...refusal },
  ]);
});

describe('a mutation of an application leaves one entry', () => {
  beforeAll(async () => {
    for (const clientId of ['one', 'two', 'three', 'four']) await gateway.connect({ clientId });
    const client = await gateway.connect({ clientId: 'five', clean: false });
    await client.endAsync();
  });

  const message = (topic: string) => `{ topic: "${topic}", payload: { text: "${PAYLOAD}" } }`;
  const filters = '{ clientId: "one", topicFilters: [{ topicFilter: "a/#" }] }';
  const names = '{ clientId: "one", topicFilters: ["a/#"] }';

  test.each<[string, string, string, string]>([
    ['publish', message('a/b'), 'topic', 'a/b'],
    ['publishMany', `{ messages: [${message('a')}, ${message('b')}] }`, 'results { topic }', '2 messages'],
    ['publishMany', `{ messages: [${message('a/c')}] }`, 'results { topic }', 'a/c'],
    ['subscribe', filters, 'subscriptions { topicFilter }', 'one'],
    ['subscribeMany', `{ requests: [${filters}] }`, 'results { clientId }', 'one'],
    ['unsubscribe', names, 'clientId', 'one'],
    ['unsubscribeMany', `{ requests: [${names}, ${names}] }`, 'results { clientId }', '2 requests'],
    ['kickConnection', '{ clientId: "two" }', 'clientId', 'two'],
    ['kickConnections', '{ target: { clientIds: ["three"] } }', 'kickedCount', '{"clientIds":["three"]}'],
    ['cleanSession', '{ clientId: "five" }', 'clientId', 'five'],
    ['clearRetainedMessages', '{ topic: "a/b" }', 'clearedCount', 'a/b'],
    ['clearRetainedMessages', '{ topics: ["a/c"] }', 'clearedCount', 'a/c'],
    ['clearRetainedMessages', '{ topics: ["a", "b"] }', 'clearedCount', '2 topics'],
    ['clearRetainedMessages', '{ topicFilter: "a/#" }', 'clearedCount', 'a/#'],
    ['deleteDelayedMessages', '{ id: "x-1" }', 'deletedCount', 'x-1'],
    ['deleteDelayedMessages', '{ ids: ["x-1"] }', 'deletedCount', 'x-1'],
    ['deleteDelayedMessages', '{ ids: ["x-1", "x-2"] }', 'deletedCount', '2 ids'],
    ['deleteDelayedMessages', '{ topicFilter: "a/#" }', 'deletedCount', 'a/#'],
  ])('%s %s', async (what, input, answer, target) => {
    const document = `mutation { ${what}(input: ${input}) { ${answer} } }`;
    const act = async () => {
      const { json } = await post(gateway.httpUrl, document, authorized('app-operator'), FROM);
      expect(json.errors).toBeUndefined();
    };
    expect(await added(act)).toEqual([{ ...byApplication, what, target }]);
  });

  test('over WebSocket too', async () => {
    const socket = await openWelcome(gateway.httpUrl, authorized('app-operator'));
    const document = `mutation { publish(input: ${message('a/d')}) { topic } }`;
    const address = expect.stringMatching(/^127\./);
    const entry = { ...byApplication, from: address, what: 'publish', target: 'a/d' };
    expect(await added(() => socket.ask(document))).toEqual([entry]);
    socket.close();
  });

  test('and each field of one document its own', async () => {
    const document = `mutation { x: publish(input: ${message('x')}) { topic } y: publish(input: ${message('y')}) { topic } }`;
    expect(await added(() => post(gateway.httpUrl, document, authorized('app-operator'), FROM))).toEqual([
      { ...byApplication, what: 'publish', target: 'x' },
      { ...byApplication, what: 'publish', target: 'y' },
    ]);
  });
});

describe('a mutation of a user leaves one entry', () => {
  test.each<[string, string, string, string]>([
    ['createApplication', `{ id: "new", secret: "${NEW_SECRET}" }`, 'secret', 'new'],
    ['updateApplication', '{ id: "new", role: VIEWER }', 'application { id }', 'new'],
    ['resetApplicationSecret', `{ id: "new", secret: "${NEW_SECRET}" }`, 'secret', 'new'],
    ['deleteApplication', '{ id: "new" }', 'existed', 'new'],
    ['createUser', `{ name: "eve", password: "${NEW_SECRET}" }`, 'user { name }', 'eve'],
    ['updateUser', '{ name: "eve", tags: "guest" }', 'user { name }', 'eve'],
    ['changePassword', `{ name: "eve", oldPassword: "${NEW_SECRET}", newPassword: "${NEW_SECRET}" }`, 'name', 'eve'],
    ['resetPassword', `{ name: "eve", password: "${NEW_SECRET}" }`, 'name', 'eve'],
    ['deleteUser', '{ name: "eve" }', 'existed', 'eve'],
    [
      'setConfig',
      '{ app: "emqx", key: "mqtt.max_awaiting_rel", value: 99 }',
      'configs { key }',
      'emqx mqtt.max_awaiting_rel',
    ],
    ['resetConfig', '{ app: "emqx", key: "mqtt.max_awaiting_rel" }', 'configs { key }', 'emqx mqtt.max_awaiting_rel'],
    [
      'replaceConfigs',
      '{ app: "emqx_dashboard", values: [{ key: "auth.idle", value: "1h" }] }',
      'configs { key }',
      'emqx_dashboard',
    ],
  ])('%s', async (what, input, answer, target) => {
    const document = `mutation { ${what}(input: ${input}) { ${answer} } }`;
    const act = async () => {
      const { json } = await post(gateway.dashboardUrl, document, authorized('user-admin'), FROM);
      expect(json.errors).toBeUndefined();
    };
    expect(await added(act)).toEqual([{ ...byAdmin, what, target }]);
  });

  test('signIn, in which nobody has a role yet', async () => {
    expect(await added(() => post(gateway.dashboardUrl, signInAs('user-viewer'), {}, FROM))).toEqual([
      { ...byAdmin, who: 'user-viewer', role: null, what: 'signIn', target: 'user-viewer' },
    ]);
  });

  test('signOut', async () => {
    const headers = await signIn(gateway, 'user-viewer');
    const document = 'mutation { signOut { signedOut } }';
    expect(await added(() => post(gateway.dashboardUrl, document, headers, FROM))).toEqual([
      { ...byAdmin, who: 'user-viewer', role: 'VIEWER', what: 'signOut', target: null },
    ]);
  });

  test('revokeSignIn', async () => {
    await signIn(gateway, 'user-operator');
    const [{ id } = { id: '' }] = gateway.gateway.access.signIns.list('user-operator');
    const document = `mutation { revokeSignIn(input: { id: "${id}" }) { id } }`;
    expect(await added(() => post(gateway.dashboardUrl, document, authorized('user-admin'), FROM))).toEqual([
      { ...byAdmin, what: 'revokeSignIn', target: id },
    ]);
  });
});

describe('a write over REST leaves one entry', () => {
  const write = (url: string, name: string, method: string, path: string, body?: unknown) =>
    added(() => send(url, { method, path: `/api/v3${path}`, headers: authorized(name), body, from: FROM }));

  test('of an application', async () => {
    const body = { topic: 'over/rest', payload: PAYLOAD };
    expect(await write(gateway.httpUrl, 'app-operator', 'POST', '/mqtt/publish', body)).toEqual([
      { ...byApplication, via: 'REST', what: 'publishMany', target: 'over/rest' },
    ]);
    expect(await write(gateway.httpUrl, 'app-operator', 'DELETE', '/connections/four')).toEqual([
      { ...byApplication, via: 'REST', what: 'kickConnection', target: 'four' },
    ]);
  });

  test('of a user', async () => {
    const body = { app_id: 'by-rest', name: 'by REST', secret: NEW_SECRET };
    expect(await write(gateway.dashboardUrl, 'user-admin', 'POST', '/apps/', body)).toEqual([
      { ...byAdmin, via: 'REST', what: 'createApplication', target: 'by-rest' },
    ]);
  });

  test('that is refused, with the code and the sentence', async () => {
    expect(await write(gateway.httpUrl, 'app-viewer', 'DELETE', '/connections/one')).toEqual([
      {
        who: 'app-viewer',
        kind: 'APPLICATION',
        role: 'VIEWER',
        from: FROM,
        via: 'REST',
        what: 'kickConnection',
        target: 'one',
        refusal: 'FORBIDDEN',
        message: "kickConnection needs the role OPERATOR; 'app-viewer' has the role VIEWER",
      },
    ]);
  });
});

describe('a refusal is noted with its code and its sentence', () => {
  test.each<[string, string, string, string, string]>([
    ['kickConnection', '{ clientId: "ghost" }', 'ghost', 'CLIENT_NOT_ONLINE', "client 'ghost' is not online"],
    [
      'kickConnection',
      '{ clientId: "\\u001b[31m\\n" }',
      '\\u001b[31m\\u000a',
      'CLIENT_NOT_ONLINE',
      "client '\\u001b[31m\\u000a' is not online",
    ],
    [
      'createApplication',
      `{ id: "a/b", secret: "${NEW_SECRET}" }`,
      'a/b',
      'FORBIDDEN',
      'createApplication is for dashboard users only, not for an application',
    ],
  ])('%s %s', async (what, input, target, refusal, message) => {
    const document = `mutation { ${what}(input: ${input}) { __typename } }`;
    expect(await added(() => post(gateway.httpUrl, document, authorized('app-operator'), FROM))).toEqual([
      { ...byApplication, what, target, refusal, message },
    ]);
  });

  const message = (topic: string) => `{ topic: "${topic}", payload: { text: "${PAYLOAD}" } }`;
  const subscription = (clientId: string) => `{ clientId: "${clientId}", topicFilters: [{ topicFilter: "a" }] }`;
  const unsubscription = (clientId: string) => `{ clientId: "${clientId}", topicFilters: ["a"] }`;
  const many = async (what: string, input: string) =>
    added(() =>
      post(
        gateway.httpUrl,
        `mutation { ${what}(input: ${input}) { results { fault { code } } } }`,
        authorized('app-operator'),
        FROM,
      ),
    );
  const BAD = "'a/#' is a topic filter; a message needs a topic name without + and #";
  const UNKNOWN = "client 'ghost' has no session";

  test.each<[string, string, string, string, string]>([
    ['publishMany', `{ messages: [${message('a/#')}] }`, 'a/#', 'BAD_TOPIC', BAD],
    [
      'publishMany',
      `{ messages: [${message('a/#')}, ${message('+')}] }`,
      '2 messages',
      'BAD_TOPIC',
      `none of 2 was taken; the first: ${BAD}`,
    ],
    ['subscribeMany', `{ requests: [${subscription('ghost')}] }`, 'ghost', 'SESSION_NOT_FOUND', UNKNOWN],
    [
      'unsubscribeMany',
      `{ requests: [${unsubscription('ghost')}, ${unsubscription('other')}] }`,
      '2 requests',
      'SESSION_NOT_FOUND',
      `none of 2 was taken; the first: ${UNKNOWN}`,
    ],
  ])('%s of which nothing is taken: %s', async (what, input, target, refusal, sentence) => {
    expect(await many(what, input)).toEqual([{ ...byApplication, what, target, refusal, message: sentence }]);
  });

  test('and not publishMany of which one message is taken, or that has none', async () => {
    const done = { ...byApplication, what: 'publishMany' };
    expect(await many('publishMany', `{ messages: [${message('a/#')}, ${message('a')}] }`)).toEqual([
      { ...done, target: '2 messages' },
    ]);
    expect(await many('publishMany', '{ messages: [] }')).toEqual([{ ...done, target: '0 messages' }]);
  });

  test('a publish over REST to a topic with wildcards', async () => {
    const body = { topic: 'a/#', payload: PAYLOAD };
    const sent = {
      method: 'POST',
      path: '/api/v3/mqtt/publish',
      headers: authorized('app-operator'),
      body,
      from: FROM,
    };
    expect(await added(() => send(gateway.httpUrl, sent))).toEqual([
      { ...byApplication, via: 'REST', what: 'publishMany', target: 'a/#', refusal: 'BAD_TOPIC', message: BAD },
    ]);
  });

  test('changePassword with a wrong old one', async () => {
    const input = `{ name: "user-viewer", oldPassword: "a wrong guess", newPassword: "${NEW_SECRET}" }`;
    const document = `mutation { changePassword(input: ${input}) { name } }`;
    expect(await added(() => post(gateway.dashboardUrl, document, authorized('user-admin'), FROM))).toEqual([
      {
        ...byAdmin,
        what: 'changePassword',
        target: 'user-viewer',
        refusal: 'WRONG_PASSWORD',
        message: 'the password is wrong',
      },
    ]);
  });
});

describe('the log has nothing', () => {
  test('of who only reads', async () => {
    const read = async () => {
      await post(gateway.httpUrl, '{ nodes { name } }', authorized('app-operator'));
      await send(gateway.httpUrl, { path: '/api/v3/nodes/', headers: authorized('app-operator') });
      await post(
        gateway.dashboardUrl,
        signInAs('user-viewer').replace('signIn', 'verifyPassword').replace('me { name role }', 'name'),
      );
    };
    expect(await added(read)).toEqual([]);
  });

  test('of strangers who fail', async () => {
    const guess = async () => {
      await post(gateway.dashboardUrl, signInAs('user-admin', 'a wrong guess'));
      await post(gateway.dashboardUrl, 'mutation { signOut { signedOut } }', authorized('user-admin', 'a wrong guess'));
      await send(gateway.httpUrl, { method: 'DELETE', path: '/api/v3/connections/one' });
      const body = { username: 'user-admin', password: 'a wrong guess' };
      await send(gateway.dashboardUrl, { method: 'POST', path: '/api/v3/auth', body });
    };
    expect(await added(guess)).toEqual([]);
  });

  test('of payloads, secrets and passwords', async () => {
    const text = JSON.stringify(await entries());
    for (const what of ['publishMany', 'createApplication', 'resetApplicationSecret', 'changePassword', 'signIn']) {
      expect(text).toContain(`"${what}"`);
    }
    for (const secret of [PAYLOAD, NEW_SECRET, SECRET, 'a wrong guess']) expect(text).not.toContain(secret);
  });
});

describe('auditEntries', () => {
  const ids = (rows: readonly Entry[]) => rows.map(({ id }) => id);

  test('filters by who', async () => {
    const all = await entries();
    expect(ids(await entries('{ who: "app-viewer" }'))).toEqual(ids(all.filter(({ who }) => who === 'app-viewer')));
    expect(await entries('{ who: "app" }')).toEqual([]);
  });

  test('filters by what', async () => {
    const all = await entries();
    const kicks = all.filter(({ what }) => what === 'kickConnection');
    expect(kicks.length).toBeGreaterThan(1);
    expect(ids(await entries('{ what: "kickConnection" }'))).toEqual(ids(kicks));
  });

  test('filters by time, from the first moment on and before the second', async () => {
    const all = await entries();
    const [since, until] = [all.at(-3)?.at ?? '', all[2]?.at ?? ''];
    const between = all.filter(({ at }) => at >= since && at < until);
    expect(between.length).toBeGreaterThan(0);
    expect(between.length).toBeLessThan(all.length);
    expect(ids(await entries(`{ since: "${since}", until: "${until}" }`))).toEqual(ids(between));
  });

  test('are kept over a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'brokerql-audit-'));
    const first = await startGateway('', {}, folder);
    await addCallers(first);
    const document = 'mutation { publish(input: { topic: "kept" }) { topic } }';
    await post(first.httpUrl, document, authorized('app-operator'), FROM);
    const before = await entries('{}', first);
    expect(before).toMatchObject([{ ...byApplication, what: 'publish', target: 'kept' }]);
    await first.close();
    const second = await startGateway('', {}, folder);
    expect(await entries('{}', second)).toEqual(before);
    await second.close();
    rmSync(folder, { recursive: true });
  });
});
