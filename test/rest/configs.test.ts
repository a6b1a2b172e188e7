import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addCallers, authorized } from '../doors/support/callers.ts';
import { NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { done, forbidden, NOT_FOUND, PROFILES, type ProfileName, refusedInput, spelled } from './support/profiles.ts';

/** What the API refuses to set, with its sentence. */
const told = (profile: ProfileName, message: string): unknown =>
  profile === '3.0-beta' ? { status: 500, json: { message } } : { status: 200, json: { code: 102, message } };

interface Listed {
  readonly key: string;
  readonly value: string;
}

const yaml = `
mqtt:
  max_inflight: 40
  refused_filters: [secret/#, other]
plugins:
  emqx_management:
`;

describe.each(PROFILES)('the configuration in the spelling of %s', (profile) => {
  let gateway: TestGateway;

  const call = async (method: string, path: string, body?: unknown, headers = {}) => {
    const { status, json, text } = await gateway.rest(path, { method, body, headers });
    return json === undefined ? { status, text } : { status, json };
  };

  const dataOf = (answer: Awaited<ReturnType<typeof call>>): unknown =>
    'json' in answer ? (profile === '3.0-beta' ? answer.json : (answer.json as { data: unknown }).data) : undefined;

  const listed = async (path: string): Promise<readonly Listed[]> =>
    dataOf(await call('GET', path)) as readonly Listed[];

  const textOf = async (key: string): Promise<string | undefined> =>
    (await listed(`/nodes/${NODE}/configs/`)).find((item) => item.key === key)?.value;

  beforeAll(async () => {
    gateway = await startGateway(yaml, { BROKERQL_REST_PROFILE: profile });
    await addCallers(gateway);
  });

  afterAll(() => gateway.close());

  describe('GET /nodes/:node/configs/', () => {
    test('answers every setting as text, with its type and its app', async () => {
      const { status, json } = await gateway.rest(`/nodes/${NODE}/configs/`);
      expect(status).toBe(200);
      const items = (profile === '3.0-beta' ? json : (json as { data: unknown }).data) as readonly object[];
      const some = [
        { key: 'node.name', value: 'brokerql@127.0.0.1', datatpye: 'string', app: 'emqx' },
        { key: 'mqtt.max_inflight', value: '40', datatpye: 'integer', app: 'emqx' },
        { key: 'mqtt.max_packet_size', value: '1048576', datatpye: 'bytesize', app: 'emqx' },
        { key: 'mqtt.session_expiry_interval', value: '7200', datatpye: 'integer, duration', app: 'emqx' },
        { key: 'mqtt.acl_deny_action', value: 'ignore', datatpye: 'enum', app: 'emqx' },
        { key: 'mqtt.retain_available', value: 'on', datatpye: 'flag', app: 'emqx' },
        { key: 'mqtt.refused_filters', value: 'secret/#,other', datatpye: 'string', app: 'emqx' },
        { key: 'tls.cert', value: '', datatpye: 'file', app: 'emqx' },
        { key: 'http.max_body', value: '8388608', datatpye: 'bytesize', app: 'emqx_management' },
        { key: 'app.secret', value: '******', datatpye: 'string', app: 'emqx_management' },
        { key: 'admin.password', value: '******', datatpye: 'string', app: 'emqx_dashboard' },
      ];
      for (const item of some) expect(items).toContainEqual(item);
      expect(JSON.stringify(items)).not.toContain('test-secret');
      expect(JSON.stringify(items)).not.toContain('test-password');
    });

    test('does not know another node', async () => {
      expect(await call('GET', '/nodes/emqx@10.0.0.9/configs/')).toEqual(NOT_FOUND);
    });
  });

  describe('GET /configs/', () => {
    test('answers the settings of each node', async () => {
      const config = await listed(`/nodes/${NODE}/configs/`);
      const nodes = [{ node: NODE, config }];
      expect(await call('GET', '/configs/')).toEqual({
        status: 200,
        json: spelled(profile, nodes, { code: 0, data: nodes }),
      });
    });
  });

  describe.each(['/configs/', `/nodes/${NODE}/configs/`])('PUT %s:app', (path) => {
    test('sets a setting', async () => {
      const body = { key: 'mqtt.max_packet_size', value: '2MB' };
      expect(await call('PUT', `${path}emqx`, body)).toEqual(done(profile));
      expect(await textOf('mqtt.max_packet_size')).toBe('2097152');
    });

    test('takes key and value from the query, too', async () => {
      expect(await call('PUT', `${path}emqx_management?key=http.drain&value=3s`)).toEqual(done(profile));
      expect(await textOf('http.drain')).toBe('3');
    });

    test('knows the keys that EMQ X 3 has in no section', async () => {
      expect(await call('PUT', `${path}emqx`, { key: 'acl_deny_action', value: 'ignore' })).toEqual(done(profile));
    });

    test.each([
      [
        'a value that is not of its type',
        'emqx',
        { key: 'mqtt.max_inflight', value: 'many' },
        "mqtt.max_inflight must be a whole number of messages from 1 to 65535, not 'many'",
      ],
      [
        'a value beyond its range',
        'emqx',
        { key: 'mqtt.max_qos_allowed', value: '3' },
        "mqtt.max_qos_allowed must be a whole number from 0 to 2, not '3'",
      ],
      ['a key that is unknown', 'emqx', { key: 'mqtt.max', value: '1' }, "'emqx' has no setting 'mqtt.max'"],
      [
        'a key of another app',
        'emqx_dashboard',
        { key: 'mqtt.max_inflight', value: '1' },
        "'emqx_dashboard' has no setting 'mqtt.max_inflight'",
      ],
      [
        'a setting that needs a restart',
        'emqx',
        { key: 'mqtt.port', value: '1884' },
        'mqtt.port cannot change while the program runs; mqtt.port is set in the file or by BROKERQL_MQTT_PORT or --mqtt-port',
      ],
      [
        'a value that is endless',
        'emqx',
        { key: 'mqtt.refused_filters', value: 'x'.repeat(1_000_000) },
        'mqtt.refused_filters has 1000000 bytes; the limit is 65536',
      ],
    ])('refuses %s, and changes nothing', async (_, app, body, message) => {
      const before = await listed(`/nodes/${NODE}/configs/`);
      expect(await call('PUT', path + app, body)).toEqual(told(profile, message));
      expect(await listed(`/nodes/${NODE}/configs/`)).toEqual(before);
    });

    test.each([
      ['no key', { value: '1' }, 'key must be a string, not nothing'],
      ['a key that is no text', { key: 1, value: '1' }, 'key must be a string, not 1'],
      ['no value', { key: 'mqtt.max_inflight' }, 'value is missing'],
      ['a value that is no text', { key: 'mqtt.max_inflight', value: 1 }, 'value must be a string'],
      ['a list', [], 'the body must be a JSON object, not []'],
    ])('refuses %s', async (_, body, message) => {
      expect(await call('PUT', `${path}emqx`, body)).toEqual(refusedInput(profile, message));
    });

    test('does not know another app', async () => {
      expect(await call('PUT', `${path}emqx_nothing`, { key: 'a', value: 'b' })).toEqual(NOT_FOUND);
      expect(await call('PUT', `${path}__proto__`, { key: 'a', value: 'b' })).toEqual(NOT_FOUND);
    });

    test('is for admins', async () => {
      const body = { key: 'mqtt.max_inflight', value: '1' };
      const message = "setConfig needs the role ADMIN; 'app-operator' has the role OPERATOR";
      expect(await call('PUT', `${path}emqx`, body, authorized('app-operator'))).toEqual(forbidden(profile, message));
      expect(await textOf('mqtt.max_inflight')).toBe('40');
    });
  });

  describe('GET /nodes/:node/plugin_configs/:plugin', () => {
    test('answers the settings of a plugin with what they are for', async () => {
      const items = [
        { key: 'dashboard.port', value: '0', desc: 'Port of the dashboard; 0 takes any free port.', required: true },
        {
          key: 'dashboard.tls_port',
          value: '18084',
          desc: 'Port of the dashboard over TLS, which is open when a certificate is set; 0 takes any free port.',
          required: true,
        },
        {
          key: 'admin.user',
          value: 'admin',
          desc: 'Name of a dashboard user that exists after every start; made when it is not there.',
          required: true,
        },
        { key: 'admin.password', value: '******', desc: 'Password of that user.', required: true },
        {
          key: 'auth.idle',
          value: '3600',
          desc: 'How long a dashboard sign-in lasts without a request.',
          required: true,
        },
        {
          key: 'auth.lifetime',
          value: '43200',
          desc: 'How long a dashboard sign-in lasts in any case.',
          required: true,
        },
      ];
      expect(await call('GET', `/nodes/${NODE}/plugin_configs/emqx_dashboard`)).toEqual({
        status: 200,
        json: spelled(profile, items, { code: 0, data: items }),
      });
    });

    test('shows one that is unset as not required', async () => {
      const items = dataOf(await call('GET', `/nodes/${NODE}/plugin_configs/emqx`));
      const desc = 'PEM file of the certificates of those who sign client certificates.';
      expect(items).toContainEqual({ key: 'tls.ca', value: '', desc, required: false });
    });

    test('does not know another plugin or node', async () => {
      expect(await call('GET', `/nodes/${NODE}/plugin_configs/emqx_nothing`)).toEqual(NOT_FOUND);
      expect(await call('GET', '/nodes/emqx@10.0.0.9/plugin_configs/emqx_dashboard')).toEqual(NOT_FOUND);
    });
  });

  describe('PUT /nodes/:node/plugin_configs/:plugin', () => {
    const path = `/nodes/${NODE}/plugin_configs/emqx_dashboard`;

    test('replaces all that was set', async () => {
      expect(await call('PUT', path, { 'auth.idle': '2h', 'auth.lifetime': '1d' })).toEqual(done(profile));
      expect([await textOf('auth.idle'), await textOf('auth.lifetime')]).toEqual(['7200', '86400']);
      expect(await call('PUT', path, { 'auth.idle': '60' })).toEqual(done(profile));
      expect([await textOf('auth.idle'), await textOf('auth.lifetime')]).toEqual(['60', '43200']);
      expect(await call('PUT', path, {})).toEqual(done(profile));
      expect(await textOf('auth.idle')).toBe('3600');
    });

    test('takes back all that it answers, secrets masked', async () => {
      const items = await listed(path);
      const body = Object.fromEntries(items.map(({ key, value }) => [key, value]));
      expect(await call('PUT', path, body)).toEqual(done(profile));
      expect(await listed(path)).toEqual(items);
    });

    test.each([
      [
        'a wrong value among right ones',
        { 'auth.idle': '1h', 'auth.lifetime': 'never' },
        "auth.lifetime must be a whole number of seconds from 1 to 31536000, not 'never'",
      ],
      ['a key that is unknown', { 'auth.idle': '1h', nothing: '1' }, "'emqx_dashboard' has no setting 'nothing'"],
      [
        'another value of a setting that needs a restart',
        { 'auth.idle': '1h', 'dashboard.port': '1' },
        'dashboard.port cannot change while the program runs; dashboard.port is set in the file or by BROKERQL_DASHBOARD_PORT or --dashboard-port',
      ],
      [
        'another secret that needs a restart',
        { 'admin.password': 'hunter2' },
        'admin.password cannot change while the program runs; admin.password is set in the file or by BROKERQL_ADMIN_PASSWORD',
      ],
    ])('refuses %s, and changes nothing', async (_, body, message) => {
      const before = await listed(path);
      expect(await call('PUT', path, body)).toEqual(told(profile, message));
      expect(await listed(path)).toEqual(before);
    });

    test.each([
      ['a value that is no text', { 'auth.idle': 60 }, "the value of 'auth.idle' must be a string"],
      ['a list', ['auth.idle'], 'the body must be a JSON object, not ["auth.idle"]'],
      ['no body', undefined, 'the body must be a JSON object, not nothing'],
    ])('refuses %s', async (_, body, message) => {
      const before = await listed(path);
      expect(await call('PUT', path, body)).toEqual(refusedInput(profile, message));
      expect(await listed(path)).toEqual(before);
    });

    test('does not know another plugin or node', async () => {
      expect(await call('PUT', `/nodes/${NODE}/plugin_configs/emqx_nothing`, {})).toEqual(NOT_FOUND);
      expect(await call('PUT', '/nodes/emqx@10.0.0.9/plugin_configs/emqx_dashboard', {})).toEqual(NOT_FOUND);
    });

    test('is for admins', async () => {
      const message = "replaceConfigs needs the role ADMIN; 'app-viewer' has the role VIEWER";
      expect(await call('PUT', path, {}, authorized('app-viewer'))).toEqual(forbidden(profile, message));
    });
  });
});
