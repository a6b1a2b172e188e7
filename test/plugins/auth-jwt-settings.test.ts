import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, refusal } from '../graphql/ask.ts';
import { done, PROFILES, spelled } from '../rest/support/profiles.ts';
import { NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { ACCEPTED, CLOSED, knock, NOT_AUTHORIZED } from './support/auth.ts';
import { SECRET, sign } from './support/tokens.ts';

const NAME = 'emqx_auth_jwt';
const NO_KEY = `plugin '${NAME}' could not be loaded: it has no key: auth.jwt.secret, auth.jwt.pubkey or auth.jwt.jwks has to be set`;
const OTHER = 'another secret of these tests';

let gateway: TestGateway;

const come = async (secret: string, payload: Record<string, unknown> = {}) =>
  knock(gateway, { username: 'anna', password: await sign(payload, { key: Buffer.from(secret) }) });

describe.each(PROFILES)('emqx_auth_jwt over REST in the spelling of %s', (profile) => {
  const folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
  const open = async (): Promise<void> => {
    gateway = await startGateway(CLOSED, { BROKERQL_REST_PROFILE: profile }, folder);
  };
  const put = async (path: string, body?: unknown) => {
    const { status, json } = await gateway.rest(path, { method: 'PUT', ...(body === undefined ? {} : { body }) });
    return { status, json };
  };
  const set = (key: string, value: string) => put(`/configs/${NAME}`, { key: `auth.jwt.${key}`, value });
  const replace = (values: Record<string, string>) => put(`/nodes/${NODE}/plugin_configs/${NAME}`, values);
  const load = () => put(`/nodes/${NODE}/plugins/${NAME}/load`);
  const told = (message: string) => ({
    status: profile === '3.0-beta' ? 500 : 200,
    json: spelled(profile, { message }, { code: 102, message }),
  });

  beforeAll(open);

  afterAll(async () => {
    await gateway.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('is not loaded without a key', async () => {
    expect(await load()).toEqual(told(NO_KEY));
    expect(await come(SECRET)).toBe(NOT_AUTHORIZED);
  });

  test('lets in by the secret that is set, once it is loaded', async () => {
    expect(await set('secret', SECRET)).toEqual(done(profile));
    expect(await come(SECRET)).toBe(NOT_AUTHORIZED);
    expect((await load()).status).toBe(200);
    expect(await come(SECRET)).toBe(ACCEPTED);
    expect(await come(OTHER)).toBe(NOT_AUTHORIZED);
  });

  test('never shows the secret, and keeps it when what is shown is sent back', async () => {
    const { text, json } = await gateway.rest(`/nodes/${NODE}/plugin_configs/${NAME}`);
    expect(text).not.toContain(SECRET);
    const items = spelled(profile, json, (json as { data?: unknown }).data) as { key: string; value: string }[];
    const values = Object.fromEntries(items.map(({ key, value }) => [key, value]));
    expect(values).toMatchObject({ 'auth.jwt.secret': '******', 'auth.jwt.from': 'password' });
    expect(await replace({ ...values, 'auth.jwt.verify_claims.username': '%u' })).toEqual(done(profile));
    expect(await come(SECRET, { username: 'anna' })).toBe(ACCEPTED);
    expect(await come(SECRET, { username: 'eve' })).toBe(NOT_AUTHORIZED);
  });

  test('refuses settings that it cannot work with, and goes on with those before', async () => {
    expect(await set('from', 'topic')).toMatchObject({ json: { message: expect.stringContaining("not 'topic'") } });
    expect(await set('jwks', 'ftp://keys')).toMatchObject({
      json: { message: expect.stringContaining('http or https') },
    });
    expect(await set('jwks', 'https://me:hidden@keys.example/')).toMatchObject({
      json: { message: expect.stringContaining('without a user name') },
    });
    expect(await set('pubkey', '/nowhere/key.pem')).toEqual(
      told(`plugin '${NAME}' could not be loaded: auth.jwt.pubkey: the file '/nowhere/key.pem' is not there`),
    );
    expect(await replace({})).toEqual(told(NO_KEY));
    expect(await come(SECRET, { username: 'anna' })).toBe(ACCEPTED);
  });

  test('is there after a restart, with its settings', async () => {
    await gateway.close();
    await open();
    expect(await come(SECRET, { username: 'anna' })).toBe(ACCEPTED);
    expect(await come(SECRET, { username: 'eve' })).toBe(NOT_AUTHORIZED);
    expect(await come(OTHER, { username: 'anna' })).toBe(NOT_AUTHORIZED);
  });

  test('takes another secret at once', async () => {
    expect(await set('secret', OTHER)).toEqual(done(profile));
    expect(await come(OTHER, { username: 'anna' })).toBe(ACCEPTED);
    expect(await come(SECRET, { username: 'anna' })).toBe(NOT_AUTHORIZED);
  });
});

describe('emqx_auth_jwt in GraphQL', () => {
  const SET = `mutation ($input: SetConfigInput!) { setConfig(input: $input) { configs { key value isSecret } } }`;
  const LOAD = `mutation { loadPlugin(input: { name: "${NAME}" }) { plugins { name active } } }`;
  const set = (key: string, value: unknown) => ({ input: { app: NAME, key: `auth.jwt.${key}`, value } });

  beforeAll(async () => {
    gateway = await startGateway(`${CLOSED}\nplugins: {${NAME}: {auth.jwt.clock_tolerance: 60}}`);
  });

  afterAll(() => gateway.close());

  test('is set up, loaded, and lets clients in', async () => {
    expect(await refusal(gateway, LOAD)).toMatchObject({ code: 'PLUGIN_FAILED', message: NO_KEY });
    expect(await ask(gateway, SET, set('secret', SECRET))).toEqual({
      setConfig: { configs: [{ key: 'auth.jwt.secret', value: '******', isSecret: true }] },
    });
    expect(await ask(gateway, LOAD)).toEqual({ loadPlugin: { plugins: [{ name: NAME, active: true }] } });
    expect(await come(SECRET)).toBe(ACCEPTED);
  });

  test('has what the file says', async () => {
    expect(await come(SECRET, { exp: Math.floor(Date.now() / 1000) - 30 })).toBe(ACCEPTED);
    await ask(gateway, SET, set('clock_tolerance', 0));
    expect(await come(SECRET, { exp: Math.floor(Date.now() / 1000) - 30 })).toBe(NOT_AUTHORIZED);
  });

  test('takes a list of claims', async () => {
    await ask(gateway, SET, set('verify_claims.others', ['tenant=acme', 'for=%u']));
    expect(await come(SECRET, { tenant: 'acme', for: 'anna' })).toBe(ACCEPTED);
    expect(await come(SECRET, { tenant: 'acme' })).toBe(NOT_AUTHORIZED);
  });

  test('refuses a secret that is too long, and does not repeat it', async () => {
    const { message, code } = await refusal(gateway, SET, set('secret', 'hidden '.repeat(1000)));
    expect(code).toBe('BAD_USER_INPUT');
    expect(message).not.toContain('hidden');
    expect(await come(SECRET, { tenant: 'acme', for: 'anna' })).toBe(ACCEPTED);
  });
});
