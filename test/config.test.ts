import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { UsageError } from '../src/cli/usage-error.ts';
import { type Command, parseCommand } from '../src/config/command.ts';
import { ConfigError } from '../src/config/config-error.ts';
import { originOf } from '../src/config/parse-config.ts';
import { rowsOf, type SettingGroup, setting } from '../src/config/setting.ts';
import * as types from '../src/config/setting-types.ts';
import { type Config, type LogLevel, type RestProfile, settings } from '../src/config/settings.ts';

interface Given {
  argv?: string[];
  env?: Record<string, string>;
  /** Text of `brokerql.yaml`, which `--config` names when it is given. */
  yaml?: string;
}

function run({ argv = [], env = {}, yaml }: Given): Command {
  return parseCommand({
    argv: yaml === undefined ? argv : [...argv, '--config', 'brokerql.yaml'],
    env,
    readFile: (path) => {
      if (yaml !== undefined && path === 'brokerql.yaml') return yaml;
      throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
    },
  });
}

function configOf(given: Given): Config {
  const command = run(given);
  if (command.command !== 'start') throw new Error(`the command is ${command.command}`);
  return command.config;
}

/** The line that refuses the start. */
function refusal(given: Given): string {
  try {
    run(given);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.message).not.toMatch(/[\r\n]/);
    return error.message;
  }
  throw new Error('nothing is refused');
}

describe('the defaults', () => {
  test('are a complete configuration', () => {
    expect(configOf({})).toEqual({
      nodeName: 'brokerql@127.0.0.1',
      host: '127.0.0.1',
      dataDir: './data',
      durability: 'os',
      proxies: [],
      tls: { pair: null, ca: null, verify: 'off' },
      mqtt: {
        port: 1883,
        wsPort: 8083,
        allowAnonymous: 'auto',
        maxClientidLen: 1024,
        maxTopicLen: 4096,
        maxTopicLevels: 100,
        maxPacketSize: 1048576,
        sessionExpiryInterval: 7200,
        maxMqueueLen: 100000,
        maxMqueueBytes: 268435456,
        maxInflight: 32,
        sharedSubscriptionStrategy: 'random',
        aclDenyAction: 'ignore',
        maxQosAllowed: 2,
        retainAvailable: 'on',
        wildcardSubscription: 'on',
        sharedSubscription: 'on',
        messagesPerSecond: 0,
        bytesPerSecond: 0,
        messagesPerSecondPerAddress: 0,
        bytesPerSecondPerAddress: 0,
        refusedFilters: [],
        hookTimeout: 5,
        hookFailure: 'deny',
        aclNomatch: 'allow',
        enableAclCache: 'on',
        aclCacheMaxSize: 32,
        aclCacheTtl: 60,
        highWatermark: 1048576,
        maxUnread: 67108864,
        maxAwaitingRel: 100,
        maxConnections: 0,
        tlsPort: 8883,
        wssPort: 8084,
        tlsCnAsUsername: 'off',
        connectTimeout: 30,
        maxConnectionsPerAddress: 0,
        maxSubscriptions: 0,
        proxyProtocol: 'off',
        banDisconnects: 'on',
        banExempt: [],
        maxBans: 250_000,
        enableFlappingDetect: 'off',
        flappingThreshold: 10,
        flappingWindow: 60,
        flappingBannedExpiryInterval: 3600,
      },
      http: {
        port: 8080,
        maxBody: 8388608,
        tlsPort: 8081,
        hosts: [],
        origins: [],
        maxConnections: 0,
        maxConnectionsPerAddress: 0,
        requestsPerSecond: 0,
        headersTimeout: 10,
        requestTimeout: 30,
        drain: 0,
      },
      dashboard: { port: 18083, tlsPort: 18084 },
      graphql: {
        maxTokens: 1000,
        maxDepth: 15,
        maxAliases: 100,
        maxComplexity: 500000,
        maxList: 1000,
        maxMessage: 1048576,
        maxOperations: 100,
        maxSockets: 1000,
        maxQueue: 1000,
        maxQueueBytes: 1048576,
        maxDropped: 100000,
        initTimeout: 3,
        keepalive: 12,
      },
      app: null,
      admin: null,
      auth: { idle: 3600, lifetime: 43200 },
      audit: { maxEntries: 10000 },
      rest: { profile: '3.0-beta' },
      alarm: {
        checkInterval: 10,
        maxHistory: 1000,
        unconfirmedTimeout: 300,
        cpuHigh: 80,
        cpuLow: 60,
        sysmemHigh: 70,
        sysmemLow: 60,
        fdHigh: 80,
        fdLow: 70,
        diskFreeLow: 536870912,
        diskFreeHigh: 1073741824,
        clockJump: 5,
        heapHigh: 80,
        heapLow: 60,
        eventLoopHigh: 1000,
        eventLoopLow: 200,
        connectionsHigh: 80,
        connectionsLow: 70,
        droppedHigh: 100,
        droppedLow: 10,
        slowConsumersHigh: 10,
        slowConsumersLow: 5,
        failedLoginsHigh: 60,
        failedLoginsLow: 10,
        storeLatencyHigh: 1000,
        storeLatencyLow: 200,
      },
      log: { level: 'info' },
    });
  });

  test('pass the checks of their own rows', () => {
    for (const row of rowsOf(settings)) {
      expect(row.type.description, row.path).toBeTruthy();
      if (row.default !== null) expect(row.type.safeParse(row.default).success, row.path).toBe(true);
    }
  });

  test('have names that no two rows share', () => {
    for (const column of ['path', 'env', 'flag'] as const) {
      const names = rowsOf(settings).flatMap((row) => row[column] ?? []);
      expect(new Set(names).size, column).toBe(names.length);
    }
  });
});

describe('the type of the configuration', () => {
  test('follows from the table', () => {
    expectTypeOf<Config['mqtt']['port']>().toEqualTypeOf<number>();
    expectTypeOf<Config['app']>().toEqualTypeOf<{ readonly id: string; readonly secret: string } | null>();
    expectTypeOf<Config['tls']['ca']>().toEqualTypeOf<string | null>();
    expectTypeOf<Config['proxies']>().toEqualTypeOf<readonly string[]>();
    expectTypeOf<RestProfile>().toEqualTypeOf<'3.0-beta' | '3.0' | '3.1' | '3.2'>();
    expectTypeOf<LogLevel>().toEqualTypeOf<'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'>();
  });

  test('is read-only, and so is the object', () => {
    const config = configOf({ env: { BROKERQL_APP_ID: 'shop', BROKERQL_APP_SECRET: 's' } });
    for (const part of [config, config.mqtt, config.app]) expect(Object.isFrozen(part)).toBe(true);
    expect(Object.isFrozen(configOf({ env: { BROKERQL_PROXIES: '::1' } }).proxies)).toBe(true);
    // @ts-expect-error the port cannot be assigned
    expect(() => (config.mqtt.port = 1)).toThrow(TypeError);
  });
});

describe('precedence', () => {
  const yaml = 'host: 10.0.0.1\nmqtt:\n  port: 1\n  ws_port: 2\nhttp: {port: 3}\n';
  const env = { BROKERQL_MQTT_PORT: '11', BROKERQL_WS_PORT: '12' };

  test('a flag beats the environment, which beats the file, which beats the default', () => {
    const config = configOf({ argv: ['--mqtt-port', '21'], env, yaml });
    expect(config.mqtt.port).toBe(21);
    expect(config.mqtt.wsPort).toBe(12);
    expect(config.http.port).toBe(3);
    expect(config.host).toBe('10.0.0.1');
    expect(config.dashboard.port).toBe(18083);
  });

  test('a wrong value stops the start even where another source beats it', () => {
    expect(refusal({ argv: ['--mqtt-port', '21'], env: { BROKERQL_MQTT_PORT: 'abc' } })).toBe(
      "config: BROKERQL_MQTT_PORT must be a port number from 0 to 65535, not 'abc'",
    );
  });

  test('halves of a pair may come from two sources', () => {
    const config = configOf({ yaml: 'app:\n  id: shop\n', env: { BROKERQL_APP_SECRET: 'from-env' } });
    expect(config.app).toEqual({ id: 'shop', secret: 'from-env' });
  });
});

describe('the environment', () => {
  test('sets every setting that has a variable', () => {
    const config = configOf({
      env: {
        BROKERQL_NODE_NAME: 'edge-1@10.0.0.5:4370',
        BROKERQL_HOST: '::1',
        BROKERQL_DATA_DIR: '/var/lib/brokerql',
        BROKERQL_DURABILITY: 'disk',
        BROKERQL_MQTT_PORT: '0',
        BROKERQL_WS_PORT: '65535',
        BROKERQL_HTTP_PORT: '80',
        BROKERQL_DASHBOARD_PORT: '81',
        BROKERQL_MAX_MQUEUE_LEN: '0',
        BROKERQL_PROXIES: '10.0.0.0/8, ::1',
        BROKERQL_TLS_CERT: 'cert.pem',
        BROKERQL_TLS_KEY: 'key.pem',
        BROKERQL_TLS_CA: 'ca.pem',
        BROKERQL_MQTT_TLS_PORT: '82',
        BROKERQL_WSS_PORT: '83',
        BROKERQL_HTTPS_PORT: '84',
        BROKERQL_DASHBOARD_TLS_PORT: '85',
        BROKERQL_HTTP_HOSTS: 'broker.example',
        BROKERQL_HTTP_ORIGINS: 'https://a.example,http://b.example:8080',
        BROKERQL_APP_ID: 'shop',
        BROKERQL_APP_SECRET: 'a: b',
        BROKERQL_ADMIN_USER: 'root',
        BROKERQL_ADMIN_PASSWORD: 'пароль',
        BROKERQL_REST_PROFILE: '3.2',
        BROKERQL_LOG_LEVEL: 'silent',
        PATH: '/bin',
      },
    });
    expect(config).toMatchObject({
      nodeName: 'edge-1@10.0.0.5:4370',
      host: '::1',
      dataDir: '/var/lib/brokerql',
      durability: 'disk',
      proxies: ['10.0.0.0/8', '::1'],
      tls: { pair: { cert: 'cert.pem', key: 'key.pem' }, ca: 'ca.pem' },
      mqtt: { port: 0, wsPort: 65535, maxMqueueLen: 0, tlsPort: 82, wssPort: 83 },
      http: {
        port: 80,
        tlsPort: 84,
        hosts: ['broker.example'],
        origins: ['https://a.example', 'http://b.example:8080'],
      },
      dashboard: { port: 81, tlsPort: 85 },
      app: { id: 'shop', secret: 'a: b' },
      admin: { user: 'root', password: 'пароль' },
      rest: { profile: '3.2' },
      log: { level: 'silent' },
    });
  });

  test('an empty variable counts as unset', () => {
    expect(configOf({ env: { BROKERQL_HOST: '', BROKERQL_MQTT_PORT: '', BROKERQL_APP_ID: '' } })).toEqual(configOf({}));
  });

  test.each([
    [{ BROKERQL_APP_SECRET: '' }, 'config: BROKERQL_APP_SECRET must be 1 to 256 bytes of text'],
    [{ BROKERQL_ADMIN_PASSWORD: '' }, 'config: BROKERQL_ADMIN_PASSWORD must be 1 to 256 bytes of text'],
  ])('an empty secret is refused: %j', (env, line) => {
    expect(refusal({ env })).toBe(line);
  });

  test.each([
    [
      { BROKERQL_MQTT_PROT: '1' },
      "config: unknown environment variable 'BROKERQL_MQTT_PROT'; known ones near it: BROKERQL_MQTT_PORT, BROKERQL_HTTP_PORT, BROKERQL_WS_PORT",
    ],
    [
      { BROKERQL_APP_SECERT: 'hunter2' },
      "config: unknown environment variable 'BROKERQL_APP_SECERT'; known ones near it: BROKERQL_APP_SECRET, BROKERQL_TLS_CERT, BROKERQL_APP_ID",
    ],
    [
      { BROKERQL_MQTT_WS_PORT: '1' },
      "config: unknown environment variable 'BROKERQL_MQTT_WS_PORT'; mqtt.ws_port is set in the file or by BROKERQL_WS_PORT or --ws-port",
    ],
    [
      { BROKERQL_MQTT_MAX_TOPIC_LEN: '1' },
      "config: unknown environment variable 'BROKERQL_MQTT_MAX_TOPIC_LEN'; mqtt.max_topic_len is set in the file only",
    ],
  ])('an unknown variable is refused: %j', (env, line) => {
    expect(refusal({ env })).toBe(line);
  });

  const port = 'must be a port number from 0 to 65535';
  const nodeName = "must be name@host in letters, digits and . _ - (and : in the host), such as 'brokerql@127.0.0.1'";
  const host = 'must be an IP address or a host name without a port';
  const account = "must be 1 to 64 bytes of text without ':' and control characters";
  test.each([
    ['BROKERQL_MQTT_PORT', 'abc', `${port}, not 'abc'`],
    ['BROKERQL_MQTT_PORT', '65536', `${port}, not '65536'`],
    ['BROKERQL_MQTT_PORT', '-1', `${port}, not '-1'`],
    ['BROKERQL_MQTT_PORT', '18.5', `${port}, not '18.5'`],
    ['BROKERQL_MQTT_PORT', '0x10', `${port}, not '0x10'`],
    ['BROKERQL_MQTT_PORT', ' 80', `${port}, not ' 80'`],
    ['BROKERQL_WS_PORT', '1e3', `${port}, not '1e3'`],
    ['BROKERQL_HTTP_PORT', '٣', `${port}, not '٣'`],
    ['BROKERQL_DASHBOARD_PORT', '1\n2', `${port}, not '1\\u000a2'`],
    ['BROKERQL_MAX_MQUEUE_LEN', 'all', "must be a whole number of messages from 0 to 4294967295, not 'all'"],
    [
      'BROKERQL_MAX_MQUEUE_LEN',
      '4294967296',
      "must be a whole number of messages from 0 to 4294967295, not '4294967296'",
    ],
    ['BROKERQL_NODE_NAME', 'brokerql', `${nodeName}, not 'brokerql'`],
    ['BROKERQL_NODE_NAME', '@host', `${nodeName}, not '@host'`],
    ['BROKERQL_NODE_NAME', 'a@', `${nodeName}, not 'a@'`],
    ['BROKERQL_NODE_NAME', 'a:b@c', `${nodeName}, not 'a:b@c'`],
    ['BROKERQL_NODE_NAME', 'a@b\n', `${nodeName}, not 'a@b\\u000a'`],
    ['BROKERQL_HOST', '0.0.0.0:80', `${host}, not '0.0.0.0:80'`],
    ['BROKERQL_HOST', '[::1]', `${host}, not '[::1]'`],
    ['BROKERQL_HOST', '127.0.0.256', `${host}, not '127.0.0.256'`],
    ['BROKERQL_HOST', 'a b', `${host}, not 'a b'`],
    ['BROKERQL_APP_ID', 'a:b', `${account}, not 'a:b'`],
    ['BROKERQL_APP_ID', 'a\tb', `${account}, not 'a\\u0009b'`],
    ['BROKERQL_ADMIN_USER', 'é'.repeat(33), `${account}, not '${'é'.repeat(33)}'`],
    ['BROKERQL_APP_SECRET', 'x'.repeat(257), 'must be 1 to 256 bytes of text'],
    ['BROKERQL_ADMIN_PASSWORD', 'é'.repeat(129), 'must be 1 to 256 bytes of text'],
    ['BROKERQL_DURABILITY', 'ram', "must be one of os, disk, not 'ram'"],
    ['BROKERQL_REST_PROFILE', '4.0', "must be one of 3.0-beta, 3.0, 3.1, 3.2, not '4.0'"],
    ['BROKERQL_LOG_LEVEL', 'INFO', "must be one of trace, debug, info, warn, error, fatal, silent, not 'INFO'"],
  ])('%s=%j is refused', (name, value, sentence) => {
    expect(refusal({ env: { [name]: value } })).toBe(`config: ${name} ${sentence}`);
  });

  test.each(['localhost', 'broker.example.org', 'my_broker-1', '0.0.0.0', '::', 'fe80::1%eth0'])(
    'binds to %s',
    (host) => {
      expect(configOf({ env: { BROKERQL_HOST: host } }).host).toBe(host);
    },
  );
});

describe('a list', () => {
  const proxies = 'must be a list of IP addresses and ranges, such as 10.0.0.0/8';
  const hosts = 'must be a list of host names without a port';
  const origins = 'must be a list of origins, such as https://dashboard.example';
  test.each<[Given, string]>([
    [{ env: { BROKERQL_PROXIES: '::1,10.0.0.0/33' } }, `config: BROKERQL_PROXIES ${proxies}, not '10.0.0.0/33'`],
    [{ env: { BROKERQL_PROXIES: '::1,' } }, `config: BROKERQL_PROXIES ${proxies}, not ''`],
    [{ env: { BROKERQL_HTTP_HOSTS: 'a.example:80' } }, `config: BROKERQL_HTTP_HOSTS ${hosts}, not 'a.example:80'`],
    [{ env: { BROKERQL_HTTP_ORIGINS: '*' } }, `config: BROKERQL_HTTP_ORIGINS ${origins}, not '*'`],
    [{ yaml: 'http: {origins: [https://a/b]}' }, `config: brokerql.yaml: http.origins ${origins}, not 'https://a/b'`],
    [{ yaml: 'proxies: ::1' }, `config: brokerql.yaml: proxies ${proxies}, not '::1'`],
    [{ yaml: 'proxies: [[::1]]' }, `config: brokerql.yaml: proxies ${proxies}, not a list`],
    [{ yaml: 'proxies: [1]' }, `config: brokerql.yaml: proxies ${proxies}, not '1'`],
    [{ yaml: 'proxies: [~]' }, `config: brokerql.yaml: proxies ${proxies}, not a list`],
    [{ yaml: 'proxies: ~' }, `config: brokerql.yaml: proxies ${proxies}, not null`],
  ])('names the entry at fault: %j', (given, line) => {
    expect(refusal(given)).toBe(line);
  });

  test('may be empty in the file, and follows an alias', () => {
    expect(configOf({ yaml: 'proxies: []' }).proxies).toEqual([]);
    expect(configOf({ yaml: 'http: {hosts: &h [a.example]}\nproxies: [&p 10.0.0.1, *p]' }).proxies).toEqual([
      '10.0.0.1',
      '10.0.0.1',
    ]);
  });
});

describe('a setting that needs another', () => {
  test.each<[Given, string]>([
    [
      { yaml: 'mqtt: {proxy_protocol: on}' },
      'config: brokerql.yaml: mqtt.proxy_protocol is set without proxies, which it needs (proxies is set in the file or by BROKERQL_PROXIES)',
    ],
    [
      { yaml: 'tls: {cert: c, key: k, verify: required}' },
      'config: brokerql.yaml: tls.verify is set without tls.ca, which it needs (tls.ca is set in the file or by BROKERQL_TLS_CA)',
    ],
    [
      { env: { BROKERQL_TLS_CA: 'ca.pem' } },
      'config: BROKERQL_TLS_CA is set without tls.cert, which it needs (tls.cert is set in the file or by BROKERQL_TLS_CERT)',
    ],
    [
      { yaml: 'tls: {verify: off}\nmqtt: {tls_cn_as_username: on}' },
      'config: brokerql.yaml: mqtt.tls_cn_as_username is set without tls.verify, which it needs (tls.verify is set in the file only)',
    ],
  ])('is refused alone: %j', (given, line) => {
    expect(refusal(given)).toBe(line);
  });

  test('may say its default alone', () => {
    expect(configOf({ yaml: 'tls: {verify: off}\nmqtt: {proxy_protocol: off}' })).toEqual(configOf({}));
  });
});

describe('a pair', () => {
  const bothApp = 'set both or neither';
  test.each<[Given, string]>([
    [
      { env: { BROKERQL_APP_ID: 'shop' } },
      `config: BROKERQL_APP_ID is set without app.secret; ${bothApp} (app.secret is set in the file or by BROKERQL_APP_SECRET)`,
    ],
    [
      { env: { BROKERQL_APP_ID: '', BROKERQL_APP_SECRET: 'hunter2' } },
      `config: BROKERQL_APP_SECRET is set without app.id; ${bothApp} (app.id is set in the file or by BROKERQL_APP_ID)`,
    ],
    [
      { yaml: 'admin:\n  password: hunter2\n' },
      `config: brokerql.yaml: admin.password is set without admin.user; ${bothApp} (admin.user is set in the file or by BROKERQL_ADMIN_USER)`,
    ],
  ])('is refused when half of it is given: %j', (given, line) => {
    expect(refusal(given)).toBe(line);
  });
});

describe('flags', () => {
  test('set every setting that has one, with a space or an equals sign', () => {
    const argv = [
      'start',
      ...[
        '--node-name',
        'a@b',
        '--host=::',
        '--data-dir',
        '/srv',
        '--durability=disk',
        '--mqtt-port=1',
        '--ws-port',
        '2',
      ],
      ...['--http-port', '3', '--dashboard-port', '4', '--rest-profile', '3.1', '--log-level=warn'],
    ];
    expect(configOf({ argv })).toMatchObject({
      nodeName: 'a@b',
      host: '::',
      dataDir: '/srv',
      durability: 'disk',
      mqtt: { port: 1, wsPort: 2 },
      http: { port: 3 },
      dashboard: { port: 4 },
      rest: { profile: '3.1' },
      log: { level: 'warn' },
    });
  });

  test('have their value checked', () => {
    expect(refusal({ argv: ['--mqtt-port', 'abc'] })).toBe(
      "config: --mqtt-port must be a port number from 0 to 65535, not 'abc'",
    );
  });

  test.each([
    [['--host', 'a', '--host', 'b'], 'config: --host is given twice; a flag may stand once'],
    [['--help', '-h'], 'config: --help is given twice; a flag may stand once'],
    [['--host'], 'config: --host needs a value: --host <value>'],
    [['--host='], 'config: --host needs a value: --host <value>'],
    [['--config'], 'config: --config needs a value: --config <file>'],
    [['--host', '--help'], "config: --host needs a value; one that begins with '-' is written --host=<value>"],
    [
      ['--mqtt-port', '-1'],
      "config: --mqtt-port needs a value; one that begins with '-' is written --mqtt-port=<value>",
    ],
    [['--mqtt-port=-1'], "config: --mqtt-port must be a port number from 0 to 65535, not '-1'"],
    [['--version=2'], 'config: --version takes no value'],
    [
      ['--mqtt-prot', '1'],
      "config: unknown flag '--mqtt-prot'; known ones near it: --mqtt-port, --http-port, --ws-port",
    ],
    [
      ['--app-secret=hunter2'],
      "config: unknown flag '--app-secret'; app.secret is set in the file or by BROKERQL_APP_SECRET",
    ],
    [['--app-id', 'shop'], "config: unknown flag '--app-id'; app.id is set in the file or by BROKERQL_APP_ID"],
    [
      ['--mqtt-max_topic-len=5'],
      "config: unknown flag '--mqtt-max_topic-len'; mqtt.max_topic_len is set in the file only",
    ],
    [['--__proto__=1'], "config: unknown flag '--__proto__'; known ones near it: --version, --host, --mqtt-port"],
    [['-p', '1883'], "config: unknown flag '-p'; known ones near it: --help, --host, --ws-port"],
  ])('%j is refused', (argv, line) => {
    expect(refusal({ argv })).toBe(line);
  });
});

describe('the file', () => {
  test('sets every setting', () => {
    const yaml = `
node: {name: a@b}
host: 0.0.0.0
data_dir: /srv
durability: disk
mqtt:
  port: 1
  ws_port: 2
  max_clientid_len: 3
  max_topic_len: 4
  max_topic_levels: 5
  max_packet_size: 6
  session_expiry_interval: 4294967295
  max_mqueue_len: 8
  max_mqueue_bytes: 20
  max_inflight: 21
  shared_subscription_strategy: hash
  acl_deny_action: disconnect
  refused_filters: ['a/#']
  hook_timeout: 24
  hook_failure: ignore
  acl_nomatch: deny
  enable_acl_cache: off
  acl_cache_max_size: 35
  acl_cache_ttl: 36
  high_watermark: 2048
  max_unread: 4096
  max_awaiting_rel: 9
  max_connections: 10
  tls_port: 14
  wss_port: 15
  tls_cn_as_username: on
  connect_timeout: 16
  max_connections_per_address: 17
  max_subscriptions: 18
  proxy_protocol: on
  max_qos_allowed: 1
  retain_available: off
  wildcard_subscription: off
  shared_subscription: off
  messages_per_second: 35
  bytes_per_second: 36
  messages_per_second_per_address: 37
  bytes_per_second_per_address: 38
  ban_disconnects: off
  ban_exempt: ['10.0.0.0/8']
  max_bans: 1000
  enable_flapping_detect: on
  flapping_threshold: 3
  flapping_window: 5
  flapping_banned_expiry_interval: 7
http:
  port: 11
  max_body: 12
  tls_port: 19
  hosts: [broker.example]
  origins:
    - https://a.example
  max_connections: 20
  max_connections_per_address: 21
  requests_per_second: 22
  headers_timeout: 32
  request_timeout: 33
  drain: 23
dashboard: {port: 13, tls_port: 24}
graphql:
  max_tokens: 25
  max_depth: 26
  max_aliases: 27
  max_complexity: 28
  max_list: 34
  max_message: 35
  max_operations: 36
  max_sockets: 37
  max_queue: 38
  max_queue_bytes: 39
  max_dropped: 40
  init_timeout: 41
  keepalive: 42
auth: {idle: 29, lifetime: 30}
audit: {max_entries: 31}
proxies: [10.0.0.0/8, "::1"]
tls: {cert: c, key: k, ca: a, verify: optional}
app: {id: shop, secret: "s'"}
admin: {user: root, password: p}
alarm:
  check_interval: 1
  max_history: 2
  unconfirmed_timeout: 3
  connections_high_watermark: 17
  connections_low_watermark: 18
  dropped_high_watermark: 19
  dropped_low_watermark: 20
  slow_consumers_high_watermark: 21
  slow_consumers_low_watermark: 22
  failed_logins_high_watermark: 23
  failed_logins_low_watermark: 24
  store_latency_high_watermark: 25
  store_latency_low_watermark: 26
os_mon:
  cpu_high_watermark: 4
  cpu_low_watermark: 5
  sysmem_high_watermark: 6
  sysmem_low_watermark: 7
  fd_high_watermark: 8
  fd_low_watermark: 9
  disk_free_low_watermark: 10
  disk_free_high_watermark: 11
  clock_jump: 12
vm_mon:
  heap_high_watermark: 13
  heap_low_watermark: 14
  event_loop_high_watermark: 15
  event_loop_low_watermark: 16
rest: {profile: 3.0-beta}
log: {level: debug}
`;
    expect(configOf({ yaml })).toEqual({
      nodeName: 'a@b',
      host: '0.0.0.0',
      dataDir: '/srv',
      durability: 'disk',
      mqtt: {
        port: 1,
        wsPort: 2,
        allowAnonymous: 'auto',
        maxClientidLen: 3,
        maxTopicLen: 4,
        maxTopicLevels: 5,
        maxPacketSize: 6,
        sessionExpiryInterval: 4294967295,
        maxMqueueLen: 8,
        maxMqueueBytes: 20,
        maxInflight: 21,
        sharedSubscriptionStrategy: 'hash',
        aclDenyAction: 'disconnect',
        refusedFilters: ['a/#'],
        hookTimeout: 24,
        hookFailure: 'ignore',
        aclNomatch: 'deny',
        enableAclCache: 'off',
        aclCacheMaxSize: 35,
        aclCacheTtl: 36,
        highWatermark: 2048,
        maxUnread: 4096,
        maxAwaitingRel: 9,
        maxConnections: 10,
        tlsPort: 14,
        wssPort: 15,
        tlsCnAsUsername: 'on',
        connectTimeout: 16,
        maxConnectionsPerAddress: 17,
        maxSubscriptions: 18,
        proxyProtocol: 'on',
        maxQosAllowed: 1,
        retainAvailable: 'off',
        wildcardSubscription: 'off',
        sharedSubscription: 'off',
        messagesPerSecond: 35,
        bytesPerSecond: 36,
        messagesPerSecondPerAddress: 37,
        bytesPerSecondPerAddress: 38,
        banDisconnects: 'off',
        banExempt: ['10.0.0.0/8'],
        maxBans: 1000,
        enableFlappingDetect: 'on',
        flappingThreshold: 3,
        flappingWindow: 5,
        flappingBannedExpiryInterval: 7,
      },
      http: {
        port: 11,
        maxBody: 12,
        tlsPort: 19,
        hosts: ['broker.example'],
        origins: ['https://a.example'],
        maxConnections: 20,
        maxConnectionsPerAddress: 21,
        requestsPerSecond: 22,
        headersTimeout: 32,
        requestTimeout: 33,
        drain: 23,
      },
      dashboard: { port: 13, tlsPort: 24 },
      graphql: {
        maxTokens: 25,
        maxDepth: 26,
        maxAliases: 27,
        maxComplexity: 28,
        maxList: 34,
        maxMessage: 35,
        maxOperations: 36,
        maxSockets: 37,
        maxQueue: 38,
        maxQueueBytes: 39,
        maxDropped: 40,
        initTimeout: 41,
        keepalive: 42,
      },
      auth: { idle: 29, lifetime: 30 },
      audit: { maxEntries: 31 },
      proxies: ['10.0.0.0/8', '::1'],
      tls: { pair: { cert: 'c', key: 'k' }, ca: 'a', verify: 'optional' },
      app: { id: 'shop', secret: "s'" },
      admin: { user: 'root', password: 'p' },
      alarm: {
        checkInterval: 1,
        maxHistory: 2,
        unconfirmedTimeout: 3,
        cpuHigh: 4,
        cpuLow: 5,
        sysmemHigh: 6,
        sysmemLow: 7,
        fdHigh: 8,
        fdLow: 9,
        diskFreeLow: 10,
        diskFreeHigh: 11,
        clockJump: 12,
        heapHigh: 13,
        heapLow: 14,
        eventLoopHigh: 15,
        eventLoopLow: 16,
        connectionsHigh: 17,
        connectionsLow: 18,
        droppedHigh: 19,
        droppedLow: 20,
        slowConsumersHigh: 21,
        slowConsumersLow: 22,
        failedLoginsHigh: 23,
        failedLoginsLow: 24,
        storeLatencyHigh: 25,
        storeLatencyLow: 26,
      },
      rest: { profile: '3.0-beta' },
      log: { level: 'debug' },
    });
  });

  test.each(['', '# nothing yet\n', '---\n', '{}', 'mqtt:\n# port: 1883\n', '\uFEFFmqtt: {}\n'])(
    'says nothing when it is %j',
    (yaml) => {
      expect(configOf({ yaml })).toEqual(configOf({}));
    },
  );

  test('gives text as it is written where it looks like a number', () => {
    const config = configOf({ yaml: 'rest: {profile: 3.0}\napp: {id: 007, secret: 0x1F}\n' });
    expect(config.rest.profile).toBe('3.0');
    expect(config.app).toEqual({ id: '007', secret: '0x1F' });
  });

  test('follows an alias', () => {
    expect(configOf({ yaml: 'mqtt: {port: &any 0}\nhttp: {port: *any}\n' }).http.port).toBe(0);
  });

  const port = 'config: brokerql.yaml: mqtt.port must be a port number from 0 to 65535';
  test.each([
    ["mqtt: {port: '1883'}", `${port}, not the text '1883'`],
    ['mqtt: {port: abc}', `${port}, not the text 'abc'`],
    ['mqtt: {port: 65536}', `${port}, not 65536`],
    ['mqtt: {port: 1.5}', `${port}, not 1.5`],
    ['mqtt: {port: .nan}', `${port}, not .nan`],
    ['mqtt: {port: true}', `${port}, not true`],
    ['mqtt:\n  port:\n', `${port}, not null`],
    ['mqtt: {port: ~}', `${port}, not null`],
    ['mqtt: {port: [1883]}', `${port}, not a list`],
    ['mqtt: {port: {tcp: 1883}}', `${port}, not a map`],
    ['mqtt: &a {port: *a}', `${port}, not a map`],
    ['host: true', 'config: brokerql.yaml: host must be an IP address or a host name without a port, not true'],
    ["data_dir: ''", "config: brokerql.yaml: data_dir must be the path of a folder, not ''"],
    [
      'app: {id: [x], secret: hunter2}',
      "config: brokerql.yaml: app.id must be 1 to 64 bytes of text without ':' and control characters, not a list",
    ],
    ['app: {id: x, secret: true}', 'config: brokerql.yaml: app.secret must be 1 to 256 bytes of text'],
    ['app: {id: x, secret: [hunter2]}', 'config: brokerql.yaml: app.secret must be 1 to 256 bytes of text'],
    ["app: {id: x, secret: ''}", 'config: brokerql.yaml: app.secret must be 1 to 256 bytes of text'],
    ['app: hunter2', 'config: brokerql.yaml: app must be a map of id, secret, not text'],
    ['app: [hunter2]', 'config: brokerql.yaml: app must be a map of id, secret, not a list'],
    [
      'http: 8080',
      'config: brokerql.yaml: http must be a map of port, max_body, tls_port, hosts, origins, max_connections, max_connections_per_address, requests_per_second, headers_timeout, request_timeout, drain, not a number',
    ],
    [
      'mqtt: {max_topic_levels: 101}',
      'config: brokerql.yaml: mqtt.max_topic_levels must be a whole number of levels from 1 to 100, not 101',
    ],
    [
      'mqtt: {max_topic_levels: 0}',
      'config: brokerql.yaml: mqtt.max_topic_levels must be a whole number of levels from 1 to 100, not 0',
    ],
    [
      'mqtt: {session_expiry_interval: 4294967296}',
      'config: brokerql.yaml: mqtt.session_expiry_interval must be a whole number of seconds from 0 to 4294967295, not 4294967296',
    ],
    [
      'mqtt: {max_clientid_len: 0}',
      'config: brokerql.yaml: mqtt.max_clientid_len must be a whole number of bytes from 1 to 65535, not 0',
    ],
    [
      'mqtt: {max_packet_size: 268435456}',
      'config: brokerql.yaml: mqtt.max_packet_size must be a whole number of bytes from 1 to 268435455, not 268435456',
    ],
    [
      'mqtt: {max_awaiting_rel: 0}',
      'config: brokerql.yaml: mqtt.max_awaiting_rel must be a whole number of messages from 1 to 65535, not 0',
    ],
    [
      'mqtt: {max_connections: -1}',
      'config: brokerql.yaml: mqtt.max_connections must be a whole number of connections from 0 to 4294967295, not -1',
    ],
    [
      'http: {max_body: 1e10}',
      'config: brokerql.yaml: http.max_body must be a whole number of bytes from 1 to 1073741824, not 1e10',
    ],
    ['mqtt: {proxy_protocol: true}', 'config: brokerql.yaml: mqtt.proxy_protocol must be one of off, on, not true'],
    ['http: {drain: 61}', 'config: brokerql.yaml: http.drain must be a whole number of seconds from 0 to 60, not 61'],
    ['rest: {profile: 3}', 'config: brokerql.yaml: rest.profile must be one of 3.0-beta, 3.0, 3.1, 3.2, not 3'],
  ])('refuses a wrong value: %j', (yaml, line) => {
    expect(refusal({ yaml })).toBe(line);
  });

  const roots =
    'node, host, data_dir, durability, proxies, tls, mqtt, http, dashboard, graphql, app, admin, auth, audit, rest, alarm, os_mon, vm_mon, log, plugins';
  test.each([
    [
      'mqtt: {prot: 1}',
      "config: brokerql.yaml: unknown key 'mqtt.prot'; known keys of 'mqtt': port, ws_port, allow_anonymous, max_clientid_len, max_topic_len, max_topic_levels, max_packet_size, session_expiry_interval, max_mqueue_len, max_mqueue_bytes, max_inflight, shared_subscription_strategy, acl_deny_action, max_qos_allowed, retain_available, wildcard_subscription, shared_subscription, messages_per_second, bytes_per_second, messages_per_second_per_address, bytes_per_second_per_address, refused_filters, hook_timeout, hook_failure, acl_nomatch, enable_acl_cache, acl_cache_max_size, acl_cache_ttl, high_watermark, max_unread, max_awaiting_rel, max_connections, tls_port, wss_port, tls_cn_as_username, connect_timeout, max_connections_per_address, max_subscriptions, proxy_protocol, ban_disconnects, ban_exempt, max_bans, enable_flapping_detect, flapping_threshold, flapping_window, flapping_banned_expiry_interval",
    ],
    ['mqt: {port: 1}', `config: brokerql.yaml: unknown key 'mqt'; known keys: ${roots}`],
    ['mqtt.port: 1', `config: brokerql.yaml: unknown key 'mqtt.port'; known keys: ${roots}`],
    ['__proto__: {port: 1}', `config: brokerql.yaml: unknown key '__proto__'; known keys: ${roots}`],
    ['constructor: 1', `config: brokerql.yaml: unknown key 'constructor'; known keys: ${roots}`],
    [
      'http: {__proto__: 1}',
      "config: brokerql.yaml: unknown key 'http.__proto__'; known keys of 'http': port, max_body, tls_port, hosts, origins, max_connections, max_connections_per_address, requests_per_second, headers_timeout, request_timeout, drain",
    ],
    [
      'app: {id: x, Secret: hunter2}',
      "config: brokerql.yaml: unknown key 'app.Secret'; known keys of 'app': id, secret",
    ],
    [
      'app: {id: x, secret:hunter2}',
      "config: brokerql.yaml: unknown key 'app.secret:…'; known keys of 'app': id, secret",
    ],
    ['1883: mqtt', `config: brokerql.yaml: unknown key '1883'; known keys: ${roots}`],
    ['? [a, b]\n: 1', `config: brokerql.yaml: unknown key 'a list'; known keys: ${roots}`],
    ['<<: {host: 1}', `config: brokerql.yaml: unknown key '<<'; known keys: ${roots}`],
  ])('refuses an unknown key: %j', (yaml, line) => {
    expect(refusal({ yaml })).toBe(line);
  });

  test.each([
    ['host: a\nhost: b\n', "config: brokerql.yaml: key 'host' is given twice; a key may stand once"],
    ['mqtt: {port: 1, "port": 2}', "config: brokerql.yaml: key 'mqtt.port' is given twice; a key may stand once"],
    ['mqtt: {}\nmqtt: {}\n', "config: brokerql.yaml: key 'mqtt' is given twice; a key may stand once"],
  ])('refuses a repeated key: %j', (yaml, line) => {
    expect(refusal({ yaml })).toBe(line);
  });

  const quotes = 'text with special characters needs quotes';
  test.each([
    ['host: [1', `config: brokerql.yaml: line 1 is not YAML (bad indent); ${quotes}`],
    ['mqtt:\n\tport: 1\n', `config: brokerql.yaml: line 2 is not YAML (tab as indent); ${quotes}`],
    ['app:\n  id: x\n  secret: *hunter2\n', `config: brokerql.yaml: line 3 is not YAML (bad alias); ${quotes}`],
    ['*hunter2', `config: brokerql.yaml: line 1 is not YAML (bad alias); ${quotes}`],
    ['app:\n  secret: !hunter2\n', `config: brokerql.yaml: line 2 is not YAML (tag resolve failed); ${quotes}`],
    ['app:\n  secret: "hunter2\\q"\n', `config: brokerql.yaml: line 2 is not YAML (bad dq escape); ${quotes}`],
    ['host: a\n---\nhost: b\n', `config: brokerql.yaml: line 2 is not YAML (multiple docs); ${quotes}`],
  ])('refuses what is not YAML, without quoting it: %j', (yaml, line) => {
    expect(refusal({ yaml })).toBe(line);
  });

  test.each([
    ['- host\n- port\n', 'config: brokerql.yaml: must be a map of settings, not a list'],
    ['hunter2', 'config: brokerql.yaml: must be a map of settings, not text'],
    ['42', 'config: brokerql.yaml: must be a map of settings, not a number'],
  ])('refuses a document that is no map: %j', (yaml, line) => {
    expect(refusal({ yaml })).toBe(line);
  });
});

describe('--config', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'brokerql-config-'));
    mkdirSync(join(folder, 'conf.d'));
    writeFileSync(join(folder, 'brokerql.yaml'), 'mqtt:\n  port: 1884\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const start = (path: string) =>
    parseCommand({ argv: ['start', '--config', path], env: {}, readFile: (name) => readFileSync(name, 'utf8') });

  test('reads the file that it names', () => {
    expect(start(join(folder, 'brokerql.yaml'))).toMatchObject({ command: 'start', config: { mqtt: { port: 1884 } } });
  });

  test('refuses a file that is absent', () => {
    const path = join(folder, 'absent.yaml');
    expect(() => start(path)).toThrow(new ConfigError(`${path} cannot be read: there is no such file`));
  });

  test('refuses a folder', () => {
    const path = join(folder, 'conf.d');
    expect(() => start(path)).toThrow(new ConfigError(`${path} cannot be read: it is a folder`));
  });
});

describe('the command', () => {
  test('is start when none is given', () => {
    expect(run({}).command).toBe('start');
    expect(run({ argv: ['start'] }).command).toBe('start');
  });

  test.each([['--version'], ['-v'], ['version']])('%s asks for the version', (word) => {
    expect(run({ argv: [word] })).toEqual({ command: 'version' });
  });

  test.each([[['--help']], [['-h']], [['help']], [['start', '--help']], [['--help', '--mqtt-port', 'abc']]])(
    '%j asks for help, also beside a wrong setting',
    (argv) => {
      expect(run({ argv, env: { BROKERQL_HTTP_PORT: 'abc' } }).command).toBe('help');
    },
  );

  test.each([
    [
      ['strat'],
      "config: unknown command 'strat'; known commands: start, user, app, backup, restore, store, config, help, version",
    ],
    [['start', 'now'], "config: unexpected argument 'now' after 'start'"],
  ])('%j is refused', (argv, line) => {
    expect(refusal({ argv })).toBe(line);
  });
});

describe('config check', () => {
  test('reads the configuration as start does', () => {
    const command = run({ argv: ['config', 'check', '--mqtt-port', '21'], yaml: 'http: {port: 3}\n' });
    expect(command).toMatchObject({ command: 'check', config: { mqtt: { port: 21 }, http: { port: 3 } } });
    expect(refusal({ argv: ['config', 'check'], yaml: 'prt: 3\n' })).toMatch("unknown key 'prt'");
  });
});

describe('a command about accounts', () => {
  const account = (line: string) => {
    const command = run({ argv: line.split(' '), env: { BROKERQL_DATA_DIR: 'there' } });
    if (command.command !== 'accounts') throw new Error(`the command is ${command.command}`);
    const { order, isSecretGiven, json, config } = command;
    return { order, isSecretGiven, json, folder: config.dataDir };
  };

  test.each([
    ['user add bob', { what: 'createUser', target: 'bob', secret: null }, true],
    ['user add bob --generate', { what: 'createUser', target: 'bob', secret: null }, false],
    ['user add --role viewer bob', { what: 'createUser', target: 'bob', secret: null, role: 'VIEWER' }, true],
    ['user add bob --tags=x', { what: 'createUser', target: 'bob', secret: null, tags: 'x' }, true],
    ['user add -- -bob', { what: 'createUser', target: '-bob', secret: null }, true],
    ['user reset bob', { what: 'resetPassword', target: 'bob', secret: null }, true],
    ['user list', { what: 'users' }, false],
    ['app add shop', { what: 'createApplication', target: 'shop', secret: null }, false],
    ['app add shop --secret-stdin', { what: 'createApplication', target: 'shop', secret: null }, true],
    ['app reset shop', { what: 'resetApplicationSecret', target: 'shop', secret: null }, false],
    ['app list', { what: 'applications' }, false],
  ])('%s gives an order', (line, order, isSecretGiven) => {
    expect(account(line)).toEqual({ order, isSecretGiven, json: false, folder: 'there' });
  });

  test('takes every field of an application', () => {
    const line = 'app add shop --name Shop --desc sells --role operator --profile 3.0-beta --expires 2030-12-31';
    expect(account(line).order).toEqual({
      ...{ what: 'createApplication', target: 'shop', secret: null, role: 'OPERATOR' },
      ...{ name: 'Shop', desc: 'sells', restProfile: '3.0-beta', expired: Date.UTC(2031, 0, 1) / 1000 - 1 },
    });
  });

  test.each([
    ['2030-12-31T18:00:00Z', Date.UTC(2030, 11, 31, 18) / 1000],
    ['2030-12-31T18:00:00.999+01:00', Date.UTC(2030, 11, 31, 17) / 1000],
  ])('takes %s as the last second', (time, expired) => {
    expect(account(`app add shop --expires ${time}`).order).toMatchObject({ expired });
  });

  test('prints a list as JSON on demand, and finds the folder that a flag names', () => {
    expect(account('user list --json --data-dir here')).toMatchObject({ json: true, folder: 'here' });
  });

  test.each([
    ['user', "a word is missing; behind 'user' stands one of add, reset, list"],
    ['app remove x', "'remove' is unknown; behind 'app' stands one of add, reset, list"],
    ['user add', 'NAME is missing'],
    ['app reset', 'ID is missing'],
    ['user list bob', "there is an argument too many behind 'user list'"],
    ['user add bob hunter2', "there is an argument too many behind 'user add'"],
    ['user add bob --role chief', "--role must be one of admin, operator, viewer, not 'chief'"],
    ['app add shop --profile 4', "--profile must be one of 3.0-beta, 3.0, 3.1, 3.2, not '4'"],
    ['app add shop --expires 2030-02-30', '--expires must be a date as 2030-12-31, or a time as 2030-12-31T18:00:00Z'],
    ['app add shop --expires 2030-12-31T18:00', '--expires must be a date as 2030-12-31'],
    ['user add bob --tags a --tags b', '--tags is given twice'],
    ['user add bob --password hunter2', "Unknown option '--password'"],
    ['user add bob --tags', "Option '--tags <value>' argument missing"],
    ['user add bob --json', "Unknown option '--json'"],
    ['--data-dir x user list', "'user' stands before flags"],
    ['config', "'check' is missing behind 'config'"],
  ])('%s is no command', (line, sentence) => {
    const parse = () => run({ argv: line.split(' ') });
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(sentence);
    expect(parse).not.toThrow('hunter2');
  });

  test.each([['user --help'], ['user -h'], ['user add --help'], ['user reset bob -h']])('%s asks for help', (line) => {
    const command = run({ argv: line.split(' '), env: { BROKERQL_HTTP_PORT: 'abc' } });
    expect(command.command === 'help' && command.text).toBe(`brokerql user: the users of the dashboard

Usage:
  brokerql user add NAME [--role admin|operator|viewer] [--tags text] [--generate] [--data-dir folder] [--config file]
  brokerql user reset NAME [--generate] [--data-dir folder] [--config file]
  brokerql user list [--json] [--data-dir folder] [--config file]

Flags:
  --role      What the account may do; admin unless given.
  --tags      Free text about the person.
  --generate  Makes a password and prints it, this once. Without it the password is asked for, or read from stdin.
  --data-dir  The data folder, as start has it.
  --config    Reads settings from a YAML file, as start does.
  --json      Prints the list as JSON.

It works while the broker runs, and while it does not. A secret is never an argument: others could read it.
`);
  });
});

describe('a command about the store', () => {
  const env = { BROKERQL_DATA_DIR: 'there' };

  test.each([
    ['backup copy', { deed: 'backup', file: 'copy' }, 'there'],
    ['backup --data-dir here /srv/copy', { deed: 'backup', file: '/srv/copy' }, 'here'],
    ['restore copy', { deed: 'restore', file: 'copy', isReplaced: false }, 'there'],
    ['restore copy --force', { deed: 'restore', file: 'copy', isReplaced: true }, 'there'],
    ['store repair', { deed: 'repair' }, 'there'],
  ])('%s is understood', (line, deed, folder) => {
    expect(run({ argv: line.split(' '), env })).toMatchObject({ command: 'store', deed, config: { dataDir: folder } });
  });

  test.each([
    ['backup', 'FILE is missing'],
    ['restore --force', 'FILE is missing'],
    ['store', "'repair' is missing"],
    ['store mend', "'mend' is unknown; behind 'store' stands repair"],
    ['backup a b', "'b' is an argument too many"],
    ['backup a --force', "Unknown option '--force'"],
    ['--data-dir x backup a', "'backup' stands before flags"],
  ])('%s is no command', (line, sentence) => {
    const parse = () => run({ argv: line.split(' ') });
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(sentence);
  });

  test('tells how it is written', () => {
    const command = run({ argv: ['restore', '--help'], env: { BROKERQL_HTTP_PORT: 'abc' } });
    expect(
      command.command === 'help' && command.text,
    ).toBe(`Usage: brokerql restore FILE [--force] [--data-dir folder] [--config file]

Makes a store from the file of a backup, which is checked as a whole before. The broker has to be stopped.

Flags:
  --force     Replaces a store that is there; it is kept beside the new one, under a dated name.
  --data-dir  The data folder, as start has it.
  --config    Reads settings from a YAML file, as start does.
`);
  });
});

describe('the help text', () => {
  const help = run({ argv: ['--help'] });
  const text = help.command === 'help' ? help.text : '';

  test('opens with the commands and the flags', () => {
    expect(text).toMatch(
      `brokerql: an MQTT broker that you talk to in GraphQL

Usage: brokerql [command] [flags]

Commands:
  start    Starts the broker and stays in the foreground; the command when none is given.
  user     Adds and lists users of the dashboard, and resets passwords; see user --help.
  app      Adds and lists applications, and resets secrets; see app --help.
  backup   Writes all that survives a restart to a file, also while the broker runs; see backup --help.
  restore  Makes a store from such a file; see restore --help.
  store    Repairs a damaged store when repair follows; see store --help.
  config   Checks the configuration when check follows, and starts nothing.
  help     Prints this text, as --help does.
  version  Prints the version, as --version does.

Flags:
  --config <file>  Reads settings from a YAML file.
  -h, --help       Prints this text.
  -v, --version    Prints the version.
`,
    );
  });

  test('tells where a setting is given, what it may be, and its default', () => {
    expect(text).toContain(`
  mqtt.ws_port  --ws-port  BROKERQL_WS_PORT
      Port of MQTT over WebSocket; 0 takes any free port.
      Allowed: a port number from 0 to 65535. Default: 8083.
`);
    expect(text).toContain(`
  app.secret  BROKERQL_APP_SECRET
      Secret of that application.
      Allowed: 1 to 256 bytes of text. Unset by default.
`);
  });

  test('has every setting, and ends in one line feed', () => {
    for (const { path } of rowsOf(settings)) expect(text).toMatch(`\n  ${path}`);
    expect(text).toMatch(/[^\n]\n$/);
  });
});

describe('where a value came from', () => {
  test('is the source that goes before the others', () => {
    const config = configOf({
      argv: ['--host', '::1'],
      env: { BROKERQL_HOST: '10.0.0.1', BROKERQL_LOG_LEVEL: 'warn', BROKERQL_DURABILITY: 'disk' },
      yaml: 'host: 10.0.0.2\nlog: {level: debug}\nmqtt: {max_inflight: 5}\n',
    });
    const given = Array.from(originOf(config).given, ([row, { value, source, origin }]) => [
      row.path,
      value,
      source,
      origin,
    ]);
    expect(given.sort()).toEqual([
      ['durability', 'disk', 'ENVIRONMENT', 'BROKERQL_DURABILITY'],
      ['host', '::1', 'FLAG', '--host'],
      ['log.level', 'warn', 'ENVIRONMENT', 'BROKERQL_LOG_LEVEL'],
      ['mqtt.max_inflight', 5, 'FILE', 'brokerql.yaml: mqtt.max_inflight'],
    ]);
  });
});

describe('the section of plugins', () => {
  const size = setting({
    path: 'retainer.max_payload_size',
    env: null,
    flag: null,
    type: types.whole(1, 100, 'bytes'),
    default: 10,
    description: 'A size.',
  });
  const tables = new Map<string, SettingGroup>([
    ['emqx_retainer', { size }],
    ['emqx_recon', {}],
  ]);

  const read = (yaml: string) =>
    Array.from(originOf(configOf({ yaml })).plugins(tables), ([row, given]) => ({ key: row.path, ...given }));

  test('gives settings by whole keys', () => {
    expect(read('plugins:\n  emqx_retainer:\n    retainer.max_payload_size: 7\n  emqx_recon:\n')).toEqual([
      {
        key: 'retainer.max_payload_size',
        value: 7,
        source: 'FILE',
        origin: 'brokerql.yaml: plugins.emqx_retainer.retainer.max_payload_size',
      },
    ]);
  });

  test('may be empty or absent', () => {
    expect([read('plugins:'), read('plugins: {}'), read('host: ::1')]).toEqual([[], [], []]);
  });

  test.each([
    [
      'plugins: {emqx_retainer: {retainer.max_payload_size: 0}}',
      'config: brokerql.yaml: plugins.emqx_retainer.retainer.max_payload_size must be a whole number of bytes from 1 to 100, not 0',
    ],
    [
      'plugins: {emqx_retainer: {max_payload_size: 1}}',
      "config: brokerql.yaml: unknown key 'plugins.emqx_retainer.max_payload_size'; known keys of 'plugins.emqx_retainer': retainer.max_payload_size",
    ],
    [
      'plugins: {emqx_nothing: {}}',
      "config: brokerql.yaml: unknown key 'plugins.emqx_nothing'; known keys of 'plugins': emqx_retainer, emqx_recon",
    ],
    [
      'plugins: {emqx_retainer: 1}',
      'config: brokerql.yaml: plugins.emqx_retainer must be a map of retainer.max_payload_size, not a number',
    ],
    ['plugins: []', 'config: brokerql.yaml: plugins must be a map of emqx_retainer, emqx_recon, not a list'],
    [
      'plugins: {emqx_recon: {}, emqx_recon: {}}',
      "config: brokerql.yaml: key 'plugins.emqx_recon' is given twice; a key may stand once",
    ],
    ['plugins: {}\nplugins: {}', "config: brokerql.yaml: key 'plugins' is given twice; a key may stand once"],
  ])('refuses %j', (yaml, line) => {
    expect(() => read(yaml)).toThrow(new ConfigError(line.slice('config: '.length)));
  });
});
