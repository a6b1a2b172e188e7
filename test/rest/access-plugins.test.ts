import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectPacket, connectWire, openWire, type Wire } from '../broker/wire.ts';
import { NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { startServer, type TestServer } from '../support/http-server.ts';
import { done, PROFILES, type ProfileName } from './support/profiles.ts';

const HTTP = 'emqx_auth_http';
const ACL = 'emqx_mod_acl_internal';

/** How a setting is refused. */
const told = (profile: ProfileName, message: string) =>
  profile === '3.0-beta' ? { status: 500, json: { message } } : { status: 200, json: { code: 102, message } };

describe.each(PROFILES)('access plugins in the spelling of %s', (profile) => {
  const folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
  let gateway: TestGateway;
  let server: TestServer;

  const open = async (): Promise<void> => {
    gateway = await startGateway('', { BROKERQL_REST_PROFILE: profile }, folder);
  };
  const put = async (path: string, body?: unknown) => {
    const { status, json } = await gateway.rest(path, { method: 'PUT', ...(body === undefined ? {} : { body }) });
    return { status, json };
  };
  const act = (name: string, deed: 'load' | 'unload') => put(`/nodes/${NODE}/plugins/${name}/${deed}`);
  const set = (app: string, values: object) => put(`/nodes/${NODE}/plugin_configs/${app}`, values);

  /** The return code of a CONNECT. */
  const knock = async (username: string): Promise<number | undefined> => {
    const wire = await openWire(gateway);
    const { returnCode } = await wire.ask(connectPacket({ username, password: Buffer.from('x') }), 'connack');
    await wire.vanish();
    return returnCode;
  };
  const enter = (): Promise<Wire> => connectWire(gateway, { username: 'ann', password: Buffer.from('x') });

  beforeAll(async () => {
    server = await startServer(({ body }) => [body.includes('username=ann') ? 200 : 403]);
    await open();
  });

  afterAll(async () => {
    await gateway.close();
    await server.die();
    rmSync(folder, { recursive: true });
  });

  test('a server of the settings decides who comes in, at once and after a restart, until the plugin is unloaded', async () => {
    const values = {
      'auth.http.auth_req': `${server.url}/auth`,
      'auth.http.super_req': '',
      'auth.http.acl_req': '',
      'auth.http.header.authorization': 'Bearer secret-token',
    };
    expect(await set(HTTP, values)).toEqual(done(profile));
    expect(await knock('bob')).toBe(0);
    expect((await act(HTTP, 'load')).status).toBe(200);
    expect([await knock('ann'), await knock('bob')]).toEqual([0, 5]);
    expect(server.asked.at(-1)?.headers.authorization).toBe('Bearer secret-token');
    await gateway.close();
    await open();
    expect([await knock('ann'), await knock('bob')]).toEqual([0, 5]);
    expect((await act(HTTP, 'unload')).status).toBe(200);
    expect(await knock('bob')).toBe(0);
  });

  test('shows no secret', async () => {
    const { text } = await gateway.rest(`/nodes/${NODE}/plugin_configs/${HTTP}`);
    expect(text).toContain('auth.http.header.authorization');
    expect(text).not.toContain('secret-token');
  });

  test.each([
    [
      'auth.http.auth_req',
      'ftp://127.0.0.1/',
      'an absolute URL of http or https without a user name and a fragment, such as https://auth.example/mqtt',
    ],
    [
      'auth.http.acl_req.params',
      'topic=%T',
      'name=value pairs split by commas, whose values are text or one of %u, %c, %a, %l, %P, %cn, %dn, %A, %t and %m',
    ],
    ['auth.http.request.timeout', '0', 'a whole number of seconds from 1 to 3600'],
  ])('refuses %s = %s, and changes nothing', async (key, value, expected) => {
    const before = (await gateway.rest(`/nodes/${NODE}/plugin_configs/${HTTP}`)).text;
    const { status, json } = await set(HTTP, { [key]: value });
    const message = `${key} must be ${expected}, not '${value}'`;
    expect({ status, json }).toEqual(told(profile, message));
    expect((await gateway.rest(`/nodes/${NODE}/plugin_configs/${HTTP}`)).text).toBe(before);
  });

  test('refuses a header that is two, without a word of it', async () => {
    const { json } = await set(HTTP, { 'auth.http.header.authorization': 'Bearer other-token\r\nX-Admin: yes' });
    const { message } = json as { message: string };
    expect(message).toContain('auth.http.header.authorization must be printable ASCII without spaces at its ends');
    expect(message).not.toContain('other-token');
  });

  test('a file of the settings decides about topics, at once and after a restart, until the plugin is unloaded', async () => {
    writeFileSync(join(folder, 'rules.conf'), '{deny, all, subscribe, ["secret/#"]}.');
    expect(await set(ACL, { 'acl.file': 'rules.conf' })).toEqual(done(profile));
    expect((await act(ACL, 'load')).status).toBe(200);
    const filters = [
      ['secret/+', 1],
      ['open', 1],
    ] as const;
    expect(await (await enter()).subscribe(...filters)).toEqual([128, 1]);
    await gateway.close();
    await open();
    expect(await (await enter()).subscribe(...filters)).toEqual([128, 1]);
    expect((await act(ACL, 'unload')).status).toBe(200);
    expect(await (await enter()).subscribe(...filters)).toEqual([1, 1]);
  });

  test('a file that is not there refuses the setting, and the rules from before stay', async () => {
    expect((await act(ACL, 'load')).status).toBe(200);
    const sentence = `plugin '${ACL}' could not be loaded: the ACL file '${join(folder, 'none.conf')}' is not there`;
    expect(await set(ACL, { 'acl.file': 'none.conf' })).toEqual(told(profile, sentence));
    expect(await (await enter()).subscribe(['secret/+', 1])).toEqual([128]);
  });
});

describe('access plugins in GraphQL', () => {
  let gateway: TestGateway;
  let server: TestServer;

  beforeAll(async () => {
    server = await startServer(({ url }) => [url.startsWith('/acl') && url.includes('topic=secret') ? 403 : 200]);
    gateway = await startGateway();
  });

  afterAll(async () => {
    await gateway.close();
    await server.die();
  });

  test('are set, loaded, and made to forget what they said of a topic', async () => {
    const setConfig =
      'mutation ($key: ID!, $value: JSON!) { setConfig(input: { app: "emqx_auth_http", key: $key, value: $value }) { configs { key } } }';
    for (const [key, value] of [
      ['auth.http.auth_req', `${server.url}/auth`],
      ['auth.http.super_req', ''],
      ['auth.http.acl_req', `${server.url}/acl`],
    ]) {
      expect((await gateway.graphql(setConfig, { key, value })).errors).toBeUndefined();
    }
    const load = 'mutation { loadPlugin(input: { name: "emqx_auth_http" }) { plugins { active } } }';
    expect(await gateway.graphql(load)).toEqual({ data: { loadPlugin: { plugins: [{ active: true }] } } });
    const wire = await connectWire(gateway, { clientId: 'ann', username: 'ann', password: Buffer.from('x') });
    expect(await wire.subscribe(['secret/a', 1], ['open', 1])).toEqual([128, 1]);
    server.answering = () => [200];
    expect(await wire.subscribe(['secret/a', 1])).toEqual([128]);
    const clean = 'mutation { cleanAclCache(input: { clientId: "ann", topic: "secret/a" }) { clientId } }';
    expect(await gateway.graphql(clean)).toEqual({ data: { cleanAclCache: { clientId: 'ann' } } });
    expect(await wire.subscribe(['secret/a', 1])).toEqual([1]);
  });
});
