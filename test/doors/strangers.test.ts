import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN, ADMIN_AUTHORIZATION, APP_AUTHORIZATION, startGateway, type TestGateway } from '../support/gateway.ts';
import { signInAs } from './support/callers.ts';
import { type Answer, post, send } from './support/wire.ts';

const SIGN_IN = signInAs(ADMIN.user, ADMIN.password);
const VERIFY = SIGN_IN.replace('signIn', 'verifyPassword').replace('{ me { name role } }', '{ name }');
const inner = (document: string): string => document.slice(document.indexOf('{') + 1, document.lastIndexOf('}'));

const JSON_TYPE = { 'content-type': 'application/json' };
const REFUSAL = { errors: [{ message: 'credentials are missing or wrong', extensions: { code: 'UNAUTHENTICATED' } }] };

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway.close());

describe('a stranger at the dashboard', () => {
  test('may sign in', async () => {
    const { status, json } = await post(gateway.dashboardUrl, SIGN_IN);
    expect([status, json]).toEqual([200, { data: { signIn: { me: { name: 'admin', role: 'ADMIN' } } } }]);
  });

  test('may ask whether a password is right', async () => {
    const { status, json } = await post(gateway.dashboardUrl, VERIFY);
    expect([status, json]).toEqual([200, { data: { verifyPassword: { name: 'admin' } } }]);
  });

  test('may ask the same over REST', async () => {
    const body = { username: ADMIN.user, password: ADMIN.password };
    const { status, text } = await send(gateway.dashboardUrl, { method: 'POST', path: '/api/v3/auth', body });
    expect([status, text]).toEqual([200, '"ok"']);
  });

  test.each([
    ['signIn beside a field that is not open', `mutation {${inner(SIGN_IN)} signOut { signedOut } }`],
    ['signIn beside a query', `${SIGN_IN.replace('mutation', 'mutation A')} query B { nodes { name } }`],
    ['signIn in a fragment', `mutation { ...F } fragment F on Mutation {${inner(SIGN_IN)}}`],
    ['signIn in an inline fragment', `mutation { ... {${inner(SIGN_IN)}} }`],
    ['signIn as the alias of another field', 'mutation { signIn: signOut { signedOut } }'],
    ['signIn as a query', SIGN_IN.replace('mutation', 'query')],
    ['more than 100 tokens of signIn', `mutation {${inner(SIGN_IN).repeat(10)}}`],
    ['the type of the mutations', 'mutation { __typename }'],
    ['introspection', '{ __schema { types { name } } }'],
    ['one type', '{ __type(name: "User") { name } }'],
    ['a query', '{ nodes { name } }'],
    ['a subscription', 'subscription { stats { connectionsCount } }'],
    ['what does not parse', '{'],
    ['nothing', ''],
  ])('is refused %s', async (_, query) => {
    const { status, headers, json } = await post(gateway.dashboardUrl, query);
    expect([status, json]).toEqual([401, REFUSAL]);
    expect(headers['www-authenticate']).toBe('Basic realm="brokerql", charset="UTF-8"');
    expect(headers['set-cookie']).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['a batch of signIn', [{ query: SIGN_IN }, { query: SIGN_IN }]],
    ['a list of one', [{ query: SIGN_IN }]],
    ['a query that is no text', { query: [SIGN_IN] }],
    ['null', 'null'],
    ['what is no JSON', `query=${encodeURIComponent(SIGN_IN)}`],
    ['no body', ''],
  ])('is refused %s', async (_, body) => {
    const sent = { method: 'POST', path: '/graphql', headers: JSON_TYPE, body };
    const { status, text } = await send(gateway.dashboardUrl, sent);
    expect([status, JSON.parse(text)]).toEqual([401, REFUSAL]);
  });

  test('cannot sign in by GET', async () => {
    const path = `/graphql?query=${encodeURIComponent(SIGN_IN)}`;
    const { status, text } = await send(gateway.dashboardUrl, { path });
    expect([status, JSON.parse(text)]).toEqual([401, REFUSAL]);
  });

  test('cannot send more than 8 KiB', async () => {
    const { status, json } = await post(gateway.dashboardUrl, SIGN_IN + ' '.repeat(8192));
    expect(status).toBe(413);
    expect(json.errors?.[0]?.extensions.code).toBe('LIMIT_EXCEEDED');
  });

  test.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain'])(
    'cannot sign in by a body of %s, as a page of another site could',
    async (type) => {
      const sent = { method: 'POST', path: '/graphql', headers: { 'content-type': type }, body: { query: SIGN_IN } };
      const { status, headers } = await send(gateway.dashboardUrl, sent);
      expect([status, headers['set-cookie']]).toEqual([415, undefined]);
    },
  );

  test.each([
    ['GET', '/api/v3/auth'],
    ['PUT', '/api/v3/auth'],
    ['POST', '/api/v3/auth/more'],
    ['POST', '/api/v3/users'],
    ['GET', '/api/v3/'],
    ['GET', '/api/v3/nowhere'],
    ['DELETE', '/api/v3/users/admin'],
  ])('is refused %s %s before anybody looks whether there is such a row', async (method, path) => {
    const { status, text } = await send(gateway.dashboardUrl, { method, path });
    expect([status, text]).toEqual([401, 'UNAUTHORIZED']);
  });
});

describe('a stranger at the management port', () => {
  test.each([['signIn', SIGN_IN] as const, ['verifyPassword', VERIFY] as const])('cannot call %s', async (_, query) => {
    const { status, json } = await post(gateway.httpUrl, query);
    expect([status, json]).toEqual([401, REFUSAL]);
  });

  test('cannot ask over REST whether a password is right', async () => {
    const body = { username: ADMIN.user, password: ADMIN.password };
    const { status, text } = await send(gateway.httpUrl, { method: 'POST', path: '/api/v3/auth', body });
    expect([status, text]).toEqual([401, 'UNAUTHORIZED']);
  });
});

describe('an application at the management port', () => {
  test.each([['signIn', SIGN_IN] as const, ['verifyPassword', VERIFY] as const])(
    'cannot call %s',
    async (name, query) => {
      const message = `${name} is for dashboard users only, not for an application`;
      const { status, headers, json } = await post(gateway.httpUrl, query, { authorization: APP_AUTHORIZATION });
      expect([status, json]).toMatchObject([
        200,
        { data: null, errors: [{ message, extensions: { code: 'FORBIDDEN' } }] },
      ]);
      expect(headers['set-cookie']).toBeUndefined();
    },
  );
});

describe.each(['management', 'dashboard'] as const)('whoever may come in at the %s port', (door) => {
  const MUTATION = 'mutation { publish(input: { topic: "a", payload: { text: "b" } }) { topic } }';
  const ask = (method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<Answer> => {
    const authorization = door === 'management' ? APP_AUTHORIZATION : ADMIN_AUTHORIZATION;
    const url = door === 'management' ? gateway.httpUrl : gateway.dashboardUrl;
    return send(url, { method, path, headers: { authorization, ...headers }, body });
  };

  test('is refused a mutation by GET', async () => {
    const { status } = await ask('GET', `/graphql?query=${encodeURIComponent(MUTATION)}`, {});
    expect(status).toBe(405);
    const audited = '{ auditEntries(filter: { what: "publish" }) { meta { count } } }';
    const { json } = await post(gateway.dashboardUrl, audited, { authorization: ADMIN_AUTHORIZATION });
    expect(json).toEqual({ data: { auditEntries: { meta: { count: 0 } } } });
  });

  test('is answered a query by GET', async () => {
    const { status, text } = await ask('GET', `/graphql?query=${encodeURIComponent('{ nodes { name } }')}`, {});
    expect([status, JSON.parse(text)]).toEqual([200, { data: { nodes: [{ name: 'brokerql@127.0.0.1' }] } }]);
  });

  test('is refused a batch', async () => {
    const batch = [{ query: '{ nodes { name } }' }, { query: '{ nodes { name } }' }];
    const { status, text } = await ask('POST', '/graphql', JSON_TYPE, batch);
    expect([status, JSON.parse(text).errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
  });

  test.each([
    ['application/x-www-form-urlencoded', `query=${encodeURIComponent('{ nodes { name } }')}`],
    [
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{"query":"{ nodes { name } }"}\r\n--x--\r\n',
    ],
    ['text/plain', '{"query":"{ nodes { name } }"}'],
    ['application/graphql', '{ nodes { name } }'],
  ])('is refused a body of %s', async (type, body) => {
    const { status, text } = await ask('POST', '/graphql', { 'content-type': type }, body);
    const message = `content type '${type}' is not served; send application/json`;
    expect([status, JSON.parse(text)]).toEqual([
      415,
      { errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] },
    ]);
  });
});
