import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addCallers, authorized } from '../doors/support/callers.ts';
import { post } from '../doors/support/wire.ts';
import { ACCEPTED, CLOSED, change, knock, NOT_AUTHORIZED } from '../plugins/support/auth.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { ask, refusal } from './ask.ts';

const LIST = `query ($kind: CredentialKind!, $page: PageInput, $filter: CredentialFilter) {
  credentials(kind: $kind, page: $page, filter: $filter) { items { kind name } meta { count countIsExact endCursor } }
}`;
const LOOK_UP = 'query ($kind: CredentialKind!, $name: ID!) { credential(kind: $kind, name: $name) { kind name } }';
const CREATE = `mutation ($input: CreateCredentialInput!) { createCredential(input: $input) { credential { kind name } } }`;
const UPDATE = `mutation ($input: UpdateCredentialInput!) { updateCredential(input: $input) { credential { kind name } } }`;
const DELETE = 'mutation ($input: DeleteCredentialInput!) { deleteCredential(input: $input) { name existed } }';

interface Listed {
  readonly credentials: {
    readonly items: readonly { readonly name: string }[];
    readonly meta: { readonly count: number; readonly countIsExact: boolean; readonly endCursor: string | null };
  };
}

describe.each([
  ['USERNAME', 'emqx_auth_username', 'user name'],
  ['CLIENT_ID', 'emqx_auth_clientid', 'client id'],
] as const)('credentials of the kind %s', (kind, plugin, noun) => {
  let gateway: TestGateway;

  const login = (name: string, password: string) =>
    knock(gateway, kind === 'USERNAME' ? { username: name, password } : { clientId: name, username: 'x', password });
  const names = async (variables: Record<string, unknown> = {}) => {
    const { credentials } = await ask<Listed>(gateway, LIST, { kind, ...variables });
    return credentials.items.map(({ name }) => name);
  };
  const input = (name: string, password: string) => ({ input: { kind, name, password } });

  beforeAll(async () => {
    gateway = await startGateway(CLOSED);
  });

  afterAll(() => gateway.close());

  test.each([
    ['credentials', LIST, { kind }],
    ['credential', LOOK_UP, { kind, name: 'alice' }],
    ['createCredential', CREATE, input('alice', 'x')],
    ['updateCredential', UPDATE, input('alice', 'x')],
    ['deleteCredential', DELETE, { input: { kind, name: 'alice' } }],
  ])('%s is refused while the plugin is not active', async (_, query, variables) => {
    expect(await refusal(gateway, query, variables)).toMatchObject({
      code: 'NOT_STARTED',
      message: `plugin '${plugin}' is not active`,
    });
  });

  test('are made, and let a client in', async () => {
    await change(gateway, plugin, 'load');
    expect(await login('alice', 'right')).toBe(NOT_AUTHORIZED);
    expect(await ask(gateway, CREATE, input('alice', 'right'))).toEqual({
      createCredential: { credential: { kind, name: 'alice' } },
    });
    expect(await login('alice', 'right')).toBe(ACCEPTED);
    expect(await refusal(gateway, CREATE, input('alice', 'other'))).toMatchObject({
      code: 'ALREADY_EXISTS',
      message: `${noun} 'alice' has a password already`,
    });
  });

  test('are looked up, without a password', async () => {
    expect(await ask(gateway, LOOK_UP, { kind, name: 'alice' })).toEqual({ credential: { kind, name: 'alice' } });
    expect(await ask(gateway, LOOK_UP, { kind, name: 'bob' })).toEqual({ credential: null });
  });

  test('are changed from the next CONNECT on', async () => {
    expect(await ask(gateway, UPDATE, input('alice', 'newer'))).toEqual({
      updateCredential: { credential: { kind, name: 'alice' } },
    });
    expect(await login('alice', 'right')).toBe(NOT_AUTHORIZED);
    expect(await login('alice', 'newer')).toBe(ACCEPTED);
    expect(await refusal(gateway, UPDATE, input('bob', 'x'))).toMatchObject({
      code: 'NOT_FOUND',
      message: `${noun} 'bob' has no password`,
    });
  });

  test('are deleted', async () => {
    const one = { input: { kind, name: 'alice' } };
    expect(await ask(gateway, DELETE, one)).toEqual({ deleteCredential: { name: 'alice', existed: true } });
    expect(await ask(gateway, DELETE, one)).toEqual({ deleteCredential: { name: 'alice', existed: false } });
    expect(await login('alice', 'newer')).toBe(NOT_AUTHORIZED);
  });

  const TEXT = '1 to 1024 bytes of text without U+0000';
  test.each([
    ['', 'x', `name must be ${TEXT}, not ''`],
    ['x'.repeat(1025), 'x', `name must be ${TEXT}, not '${'x'.repeat(200)}…'`],
    ['é'.repeat(513), 'x', `name must be ${TEXT}, not '${'é'.repeat(200)}…'`],
    ['a\u0000', 'x', `name must be ${TEXT}, not 'a\\u0000'`],
    ['\ud800', 'x', `name must be ${TEXT}, not '\\ud800'`],
    ['bob', '', `password must be ${TEXT}`],
    ['bob', 'secret '.repeat(1000), `password must be ${TEXT}`],
  ])('a malformed one is refused (%#)', async (name, password, message) => {
    expect(await refusal(gateway, CREATE, input(name, password))).toMatchObject({ code: 'BAD_USER_INPUT', message });
    expect(await names()).toEqual([]);
  });

  test('are listed in the order of names, by page, by cursor and by filter', async () => {
    for (const name of ['b2', 'a1', 'c1', 'b1', 'B1']) await ask(gateway, CREATE, input(name, 'x'));
    expect(await names()).toEqual(['B1', 'a1', 'b1', 'b2', 'c1']);
    expect(await names({ page: { page: 2, limit: 2 } })).toEqual(['b1', 'b2']);
    const { credentials } = await ask<Listed>(gateway, LIST, { kind, page: { limit: 2 } });
    expect(credentials.meta).toMatchObject({ count: 5, countIsExact: true });
    await ask(gateway, DELETE, { input: { kind, name: 'a1' } });
    expect(await names({ page: { after: credentials.meta.endCursor, limit: 2 } })).toEqual(['b1', 'b2']);
    expect(await names({ filter: { namePrefix: 'b' } })).toEqual(['b1', 'b2']);
    expect(await names({ filter: { nameContains: '1' } })).toEqual(['B1', 'b1', 'c1']);
    expect(await names({ filter: { name: 'c1' } })).toEqual(['c1']);
    expect(await names({ filter: { name: 'c1', namePrefix: 'b' } })).toEqual([]);
    expect(await names({ filter: { name: '__proto__' } })).toEqual([]);
  });

  test('are read by viewers, and changed by admins alone', async () => {
    await addCallers(gateway);
    for (const role of ['viewer', 'operator']) {
      const headers = authorized(`app-${role}`);
      const read = await post(gateway.httpUrl, `{ credentials(kind: ${kind}) { meta { count } } }`, headers);
      expect(read.json).toEqual({ data: { credentials: { meta: { count: 4 } } } });
      for (const [field, rest] of [
        ['createCredential', ', password: "x" }) { credential { name }'],
        ['updateCredential', ', password: "x" }) { credential { name }'],
        ['deleteCredential', ' }) { name'],
      ]) {
        const query = `mutation { ${field}(input: { kind: ${kind}, name: "b1"${rest} } }`;
        const { json } = await post(gateway.httpUrl, query, headers);
        expect(json.errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
      }
    }
    expect(await login('b1', 'x')).toBe(ACCEPTED);
  });

  test('leave a trace in the audit log, without a password', async () => {
    await ask(gateway, CREATE, input('audited', 'a password to find'));
    const { items } = gateway.gateway.access.audit.page({ filter: {}, offset: 0, limit: 100, after: null });
    expect(items[0]).toMatchObject({ what: 'createCredential', target: 'audited', result: 'OK' });
    expect(JSON.stringify(items)).not.toContain('a password to find');
  });
});
