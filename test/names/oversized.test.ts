import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawRequest } from '../bad-input/support/raw-http.ts';
import { ADMIN_AUTHORIZATION, APP_AUTHORIZATION, startGateway, type TestGateway } from '../support/gateway.ts';

const MEGABYTE = 'x'.repeat(1024 * 1024);
const TOPICS = 'a topic, or several separated by commas, none of them empty';
const SHOWN = `${'x'.repeat(200)}…`;

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway('', { BROKERQL_REST_PROFILE: '3.2' });
  await gateway.connect({ clientId: 'there', clean: false });
});

afterAll(() => gateway.close());

describe.each(['management', 'dashboard'] as const)('on the %s port', (door) => {
  async function call(method: string, path: string, body?: unknown) {
    const authorization = door === 'management' ? APP_AUTHORIZATION : ADMIN_AUTHORIZATION;
    const url = door === 'management' ? gateway.httpUrl : gateway.dashboardUrl;
    const headers = { authorization, 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const { status, text } = await rawRequest(url, { method, path, headers, ...sent });
    return { status, text, json: text.startsWith('{') ? JSON.parse(text) : null };
  }

  const graphql = async (query: string, variables: object) =>
    (await call('POST', '/graphql', { query, variables })).json;

  describe.each([
    ['an empty name', '', ''],
    ['a name of 1 MB', MEGABYTE, SHOWN],
  ])('%s', (_, name, shown) => {
    test('names no client and no session', async () => {
      for (const [field, message] of [
        ['kickConnection(input: { clientId: $id }) { clientId }', `client '${shown}' is not online`],
        ['cleanSession(input: { clientId: $id }) { clientId }', `client '${shown}' has no session`],
        [
          'subscribe(input: { clientId: $id, topicFilters: [{ topicFilter: "a" }] }) { subscriptions { qos } }',
          `client '${shown}' has no session`,
        ],
        ['unsubscribe(input: { clientId: $id, topicFilters: ["a"] }) { clientId }', `client '${shown}' has no session`],
      ] as const) {
        const { errors } = await graphql(`mutation ($id: ID!) { ${field} }`, { id: name });
        expect(errors.map(({ message: said }: { message: string }) => said)).toEqual([message]);
      }
      const query = `query ($id: ID!, $text: String!) {
        connection(clientId: $id) { clientId }
        session(clientId: $id) { clientId }
        connectionsByClientId(clientIds: [$id]) { clientId }
        connections(filter: { clientIdContains: $text, username: $text }) { meta { count } }
        sessions(filter: { clientId: $id }) { meta { count } }
        subscriptions(filter: { clientId: $id }) { meta { count } }
        routes(filter: { topicFilter: $text }) { meta { count } }
      }`;
      const none = { meta: { count: 0 } };
      expect(await graphql(query, { id: name, text: name })).toEqual({
        data: {
          ...{ connection: null, session: null, connectionsByClientId: [null] },
          ...{ connections: none, sessions: none, subscriptions: none, routes: none },
        },
      });
      for (const path of ['/mqtt/subscribe', '/mqtt/unsubscribe']) {
        const { status, json } = await call('POST', `/api/v3${path}`, { client_id: name, topic: 'a' });
        expect([path, status, json.code]).toEqual([path, 200, 112]);
      }
    });

    test('is no topic and no filter', async () => {
      const sentence = name === '' ? "must be at least one character, not ''" : 'has 1048576 bytes; the limit is 4096';
      for (const [field, argument] of [
        ['publish(input: { topic: $text, payload: { text: "x" } }) { topic }', 'topic'],
        [
          'subscribe(input: { clientId: "there", topicFilters: [{ topicFilter: $text }] }) { subscriptions { qos } }',
          'topicFilter',
        ],
        ['unsubscribe(input: { clientId: "there", topicFilters: [$text] }) { clientId }', 'topicFilter'],
      ] as const) {
        const { errors } = await graphql(`mutation ($text: String!) { ${field} }`, { text: name });
        expect(errors.map(({ message }: { message: string }) => message)).toEqual([`${argument} ${sentence}`]);
      }
      for (const [path, argument, body, expected] of [
        ['/mqtt/publish', 'topic', { topic: name, payload: 'x' }, TOPICS],
        ['/mqtt/subscribe', 'topicFilter', { client_id: 'there', topic: name }, TOPICS],
        ['/mqtt/unsubscribe', 'topicFilter', { client_id: 'there', topic: name }, 'a topic filter'],
      ] as const) {
        const message =
          name === '' ? `topic must be ${expected}, not ''` : `${argument} has 1048576 bytes; the limit is 4096`;
        const { status, json } = await call('POST', `/api/v3${path}`, body);
        expect([path, status, json]).toEqual([path, 400, { code: 108, message }]);
      }
      expect(await graphql('{ routes { meta { count } } }', {})).toEqual({ data: { routes: { meta: { count: 0 } } } });
    });
  });
});
