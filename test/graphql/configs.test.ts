import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addCallers, authorized } from '../doors/support/callers.ts';
import { post } from '../doors/support/wire.ts';
import { NODE, startGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway('mqtt: {max_inflight: 40}');
  await addCallers(gateway);
});

afterAll(() => gateway.close());

const FIELDS = 'key value text source defaultValue isSecret needsRestart';

const configs = (filter: string, fields = FIELDS) =>
  gateway.graphql<{ configs: readonly unknown[] }>(`{ configs(${filter}) { ${fields} } }`);

const mutate = (name: 'setConfig' | 'replaceConfigs' | 'resetConfig', input: object) =>
  gateway.graphql<unknown>(
    `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { configs { ${FIELDS} } } }`,
    { input },
  );

const refusal = (code: string, message: string, details = {}) => ({
  data: null,
  errors: [expect.objectContaining({ message, extensions: { code, ...details } })],
});

describe('configs', () => {
  test('say what a setting is, what it may be, and who said so', async () => {
    const fields = `nodeName app ${FIELDS} datatype description range choices effect variable flag isSet`;
    expect(await configs('key: "mqtt.shared_subscription_strategy"', fields)).toEqual({
      data: {
        configs: [
          {
            nodeName: NODE,
            app: 'emqx',
            key: 'mqtt.shared_subscription_strategy',
            value: 'random',
            text: 'random',
            source: 'DEFAULT',
            defaultValue: 'random',
            isSecret: false,
            needsRestart: false,
            datatype: 'enum',
            description:
              'Which member of a shared subscription gets a message; hash goes by the client id of its publisher.',
            range: 'one of random, round_robin, sticky, hash',
            choices: ['random', 'round_robin', 'sticky', 'hash'],
            effect: 'The members of a shared subscription get its messages in another turn.',
            variable: null,
            flag: null,
            isSet: true,
          },
        ],
      },
    });
  });

  test.each([
    ['mqtt.max_inflight', { value: 40, source: 'FILE', defaultValue: 32, needsRestart: false }],
    ['mqtt.port', { value: 0, source: 'ENVIRONMENT', defaultValue: 1883, needsRestart: true }],
    ['mqtt.max_unread', { value: 67_108_864, source: 'DEFAULT' }],
    ['mqtt.refused_filters', { value: [], text: '', source: 'DEFAULT' }],
    ['tls.cert', { value: null, text: '', source: 'DEFAULT', defaultValue: null }],
    ['app.secret', { value: '******', text: '******', source: 'ENVIRONMENT', isSecret: true }],
  ])('show %s', async (key, item) => {
    expect((await configs(`key: "${key}"`)).data).toMatchObject({ configs: [{ key, ...item }] });
  });

  test('are those of an app, of a key, of a node', async () => {
    const apps = async (filter: string) => {
      const { data } = await configs(filter, 'app');
      const items = (data?.configs ?? []) as readonly { app: string }[];
      return [...new Set(items.map(({ app }) => app))];
    };
    expect(await apps(`node: "${NODE}"`)).toEqual(
      expect.arrayContaining(['emqx', 'emqx_management', 'emqx_dashboard']),
    );
    expect(await apps('app: "emqx_dashboard"')).toEqual(['emqx_dashboard']);
    expect(await apps('app: "emqx", key: "http.port"')).toEqual([]);
    expect(await configs('app: "emqx_nothing"')).toEqual(
      refusal('NOT_FOUND', "app 'emqx_nothing' is unknown", { argument: 'app', value: 'emqx_nothing' }),
    );
    expect(await configs('node: "emqx@10.0.0.9"')).toEqual(
      refusal('NOT_FOUND', "node 'emqx@10.0.0.9' is unknown", { argument: 'node', value: 'emqx@10.0.0.9' }),
    );
  });
});

describe('setConfig', () => {
  test.each([
    [100, 100],
    ['101', 101],
  ])('takes %j', async (value, expected) => {
    expect(await mutate('setConfig', { app: 'emqx', key: 'mqtt.max_inflight', value })).toMatchObject({
      data: { setConfig: { configs: [{ value: expected, text: String(expected), source: 'OVERRIDE' }] } },
    });
  });

  test('takes a list', async () => {
    const input = { app: 'emqx', key: 'mqtt.refused_filters', value: ['a,b', 'c'], node: NODE };
    expect(await mutate('setConfig', input)).toMatchObject({
      data: { setConfig: { configs: [{ value: ['a,b', 'c'], text: '["a,b","c"]' }] } },
    });
  });

  test.each([
    [
      { app: 'emqx', key: 'mqtt.max_inflight', value: 0 },
      refusal('BAD_USER_INPUT', 'mqtt.max_inflight must be a whole number of messages from 1 to 65535, not 0', {
        argument: 'value',
        value: '0',
      }),
    ],
    [
      { app: 'emqx', key: 'mqtt.max_inflight', value: { a: [] } },
      refusal('BAD_USER_INPUT', 'mqtt.max_inflight must be a whole number of messages from 1 to 65535, not {"a":[]}', {
        argument: 'value',
        value: '{"a":[]}',
      }),
    ],
    [
      { app: 'emqx', key: 'constructor', value: 0 },
      refusal('BAD_USER_INPUT', "'emqx' has no setting 'constructor'", { argument: 'key', value: 'constructor' }),
    ],
    [
      { app: 'emqx', key: 'data_dir', value: '/tmp' },
      refusal(
        'PROTECTED',
        'data_dir cannot change while the program runs; data_dir is set in the file or by BROKERQL_DATA_DIR or --data-dir',
        { argument: 'key', value: 'data_dir' },
      ),
    ],
    [
      { app: '__proto__', key: 'a', value: 0 },
      refusal('NOT_FOUND', "app '__proto__' is unknown", { argument: 'app', value: '__proto__' }),
    ],
    [
      { app: 'emqx', key: 'mqtt.max_inflight', value: 1, node: 'emqx@10.0.0.9' },
      refusal('NOT_FOUND', "node 'emqx@10.0.0.9' is unknown", { argument: 'node', value: 'emqx@10.0.0.9' }),
    ],
  ])('refuses %j, and changes nothing', async (input, expected) => {
    const before = await configs(`node: "${NODE}"`);
    expect(await mutate('setConfig', input)).toEqual(expected);
    expect(await configs(`node: "${NODE}"`)).toEqual(before);
  });

  test('is for admins', async () => {
    const document =
      'mutation { setConfig(input: { app: "emqx", key: "mqtt.max_inflight", value: 1 }) { configs { key } } }';
    const { json } = await post(gateway.httpUrl, document, authorized('app-operator'));
    expect(json.errors?.[0]?.message).toBe("setConfig needs the role ADMIN; 'app-operator' has the role OPERATOR");
  });

  test('of two at once is made one after the other, and the last one counts', async () => {
    const values = Array.from({ length: 20 }, (_, i) => 200 + i);
    const key = 'mqtt.max_awaiting_rel';
    const order: unknown[] = [];
    const end = gateway.gateway.hot.changed.listen(({ value }) => order.push(value));
    await Promise.all(values.map((value) => mutate('setConfig', { app: 'emqx', key, value })));
    end();
    expect([...order].sort()).toEqual(values);
    expect((await configs(`key: "${key}"`)).data).toMatchObject({ configs: [{ value: order.at(-1) }] });
  });
});

describe('replaceConfigs', () => {
  test('replaces all that was set of an app, and resetConfig takes one back', async () => {
    const ofDoor = async () => {
      const { data } = await configs('app: "emqx_dashboard"', 'key source');
      const items = (data?.configs ?? []) as readonly { key: string; source: string }[];
      return items.filter(({ source }) => source === 'OVERRIDE').map(({ key }) => key);
    };
    const values = [
      { key: 'auth.idle', value: '1h' },
      { key: 'auth.lifetime', value: 7200 },
    ];
    expect((await mutate('replaceConfigs', { app: 'emqx_dashboard', values })).errors).toBeUndefined();
    expect(await ofDoor()).toEqual(['auth.idle', 'auth.lifetime']);
    expect(await mutate('resetConfig', { app: 'emqx_dashboard', key: 'auth.idle' })).toMatchObject({
      data: { resetConfig: { configs: [{ key: 'auth.idle', value: 3600, source: 'DEFAULT' }] } },
    });
    expect(await ofDoor()).toEqual(['auth.lifetime']);
    await mutate('replaceConfigs', { app: 'emqx_dashboard', values: [] });
    expect(await ofDoor()).toEqual([]);
  });

  test('refuses more than 1000 settings', async () => {
    const values = Array.from({ length: 1001 }, (_, i) => ({ key: `a${i}`, value: 1 }));
    expect((await mutate('replaceConfigs', { app: 'emqx', values })).errors).toMatchObject([
      { extensions: { code: 'LIMIT_EXCEEDED' } },
    ]);
  });
});
