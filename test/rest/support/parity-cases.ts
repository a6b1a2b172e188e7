import { eventually, NODE, type TestGateway } from '../../support/gateway.ts';
import { leave } from './offline.ts';

/** A request of a row, told to both sides. */
export interface ParityCase {
  readonly title: string;
  /** Parameters of the path, by name. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
  /** Makes what the request takes away; done before each side asks. */
  readonly arrange?: (gateway: TestGateway) => Promise<unknown>;
}

/** The clients that stay while the rows are compared. */
export const STANDING = 3;

export async function arrangeStanding(gateway: TestGateway): Promise<void> {
  const will = { topic: 'plant/17/state', payload: Buffer.from('gone'), qos: 1, retain: false } as const;
  const sensor = await gateway.connect({ clientId: 'sensor-17', username: 'alice', will });
  await sensor.subscribeAsync('plant/17/cmd', { qos: 1 });
  await gateway.connect({ clientId: 'web-1', username: 'alice', overWebSocket: true });
  const keeper = await gateway.connect({ clientId: 'keeper 1/ü', clean: false });
  await keeper.subscribeAsync('plant/#', { qos: 2 });
  const away = await gateway.connect({ clientId: 'away-1', clean: false });
  await away.subscribeAsync('plant/18/cmd', { qos: 1 });
  await leave(gateway, away);
  for (const plugin of ['emqx_auth_username', 'emqx_auth_clientid']) {
    await gateway.gateway.domain.changePlugin(plugin, 'load', null);
  }
}

const plain: readonly ParityCase[] = [{ title: 'as it is' }];

const paged: readonly ParityCase[] = [
  { title: 'all' },
  { title: 'a page', query: '?_page=2&_limit=1' },
  { title: 'a page beyond the end', query: '?_page=9&_limit=2' },
];

const UNKNOWN_NODE = 'brokerql@10.0.0.9';

/** The cases on the node, and one of them on a node that is unknown. */
const onNode = (cases: readonly ParityCase[]): readonly ParityCase[] => [
  ...cases.map((one) => ({ ...one, path: { ...one.path, node: NODE } })),
  { ...cases[0]!, title: 'an unknown node', path: { ...cases[0]!.path, node: UNKNOWN_NODE } },
];

const ofClient = (...clientIds: readonly string[]): readonly ParityCase[] =>
  [...clientIds, 'ghost'].map((clientid) => ({ title: clientid, path: { clientid } }));

const ofUser: readonly ParityCase[] = ['alice', 'nobody'].map((username) => ({ title: username, path: { username } }));

const goesOffline = async (gateway: TestGateway): Promise<void> => {
  const { ports } = gateway.gateway;
  const before = ports.mqtt.currentConnections;
  await leave(gateway, await gateway.connect({ clientId: 'leaver-1', clean: false }));
  await eventually(() => ports.mqtt.currentConnections === before, 'the socket to close');
};

/** Alarms of the system and others, that stand and that ended; they are the same for both sides. */
const raiseAlarms = async ({ gateway: { alarms } }: TestGateway): Promise<void> => {
  if (alarms.has('disk_full')) return;
  const cpu = { severity: 'warning', title: 'The processor is busy', summary: 'it is', value: '83.5' } as const;
  alarms.raise({ id: 'cpu_high_watermark', ...cpu });
  alarms.raise({ id: 'past', severity: 'error', title: 'It was', summary: 'and is no more' });
  alarms.raise({ id: 'disk_full', severity: 'critical', title: 'Disk full', summary: 'Disk usage over 95%' });
  alarms.clear('past');
};

const alarmed: readonly ParityCase[] = [{ title: 'as they are', arrange: raiseAlarms }];

const loaded = async ({ gateway }: TestGateway, isLoaded: boolean): Promise<void> => {
  const plugins = await gateway.domain.plugins(null);
  const isActive = plugins.some(({ name, active }) => name === 'emqx_prometheus' && active);
  if (isActive !== isLoaded) await gateway.domain.changePlugin('emqx_prometheus', isLoaded ? 'load' : 'unload', null);
};

const unloaded: readonly ParityCase[] = [
  { title: 'an active plugin', path: { plugin: 'emqx_prometheus' }, arrange: (gateway) => loaded(gateway, true) },
  { title: 'one that is not active', path: { plugin: 'emqx_statsd' } },
  { title: 'one that cannot be unloaded', path: { plugin: 'emqx_management' } },
  { title: 'an unknown plugin', path: { plugin: 'emqx_nothing' } },
];

const reloaded: readonly ParityCase[] = [
  { title: 'an active plugin', path: { plugin: 'emqx_recon' } },
  {
    title: 'one that is not active',
    path: { plugin: 'emqx_prometheus' },
    arrange: (gateway) => loaded(gateway, false),
  },
  { title: 'an unknown plugin', path: { plugin: 'emqx_nothing' } },
];

const cleaned: readonly ParityCase[] = [
  { title: 'a session that nobody uses', path: { clientid: 'leaver-1' }, arrange: goesOffline },
  { title: 'a session in use', path: { clientid: 'sensor-17' } },
  { title: 'no session', path: { clientid: 'ghost' } },
];

const setting: readonly ParityCase[] = [
  { title: 'a setting', path: { app: 'emqx' }, body: { key: 'mqtt.max_awaiting_rel', value: '77' } },
  { title: 'a wrong value', path: { app: 'emqx' }, body: { key: 'mqtt.max_awaiting_rel', value: '0' } },
  { title: 'a setting that needs a restart', path: { app: 'emqx' }, body: { key: 'host', value: '::1' } },
  { title: 'an unknown app', path: { app: 'emqx_nothing' }, body: { key: 'a', value: 'b' } },
];

/** Makes the bans of the cases as they are before each side asks. */
const arrangeBans = async ({ gateway: { domain } }: TestGateway): Promise<void> => {
  await domain.deleteBans({ whoContains: '' });
  const details = { reason: 'flooding', by: 'ops', desc: null, until: 4_000_000_000_999 };
  await domain.createBan({ as: 'CLIENT_ID', who: 'a/b', ...details }, null);
  const none = { reason: null, by: null, desc: null, until: null };
  await domain.createBan({ as: 'IP_ADDRESS', who: '192.0.2.0/24', ...none }, null);
};

const bans = (...cases: readonly ParityCase[]): readonly ParityCase[] =>
  cases.map((one) => ({ ...one, arrange: arrangeBans }));

const credentialCases = (key: 'username' | 'clientid'): Record<string, readonly ParityCase[]> => {
  const kind = key === 'username' ? 'USERNAME' : 'CLIENT_ID';
  const absent = async ({ gateway: { domain } }: TestGateway) => domain.deleteCredential(kind, 'alice');
  const anew = async (gateway: TestGateway): Promise<void> => {
    await absent(gateway);
    await gateway.gateway.domain.createCredential(kind, 'alice', 'x');
  };
  const [alice, ghost] = ['alice', 'ghost'].map((name) => ({ path: { [key]: name } }));
  return {
    [`GET /auth_${key}`]: [{ title: 'all', arrange: anew }],
    [`GET /auth_${key}/:${key}`]: [
      { title: 'a name', arrange: anew, ...alice },
      { title: 'no name', ...ghost },
    ],
    [`POST /auth_${key}`]: [
      { title: 'a new one', arrange: absent, body: { [key]: 'alice', password: 'x' } },
      { title: 'one that is there', arrange: anew, body: { [key]: 'alice', password: 'x' } },
      { title: 'no name', body: { password: 'x' } },
      { title: 'no password', body: { [key]: 'bob' } },
      { title: 'a name that is too long', body: { [key]: 'x'.repeat(2000), password: 'x' } },
    ],
    [`PUT /auth_${key}/:${key}`]: [
      { title: 'a name', arrange: anew, ...alice, body: { password: 'y' } },
      { title: 'no name', ...ghost, body: { password: 'y' } },
      { title: 'no password', ...alice },
    ],
    [`DELETE /auth_${key}/:${key}`]: [
      { title: 'a name', arrange: anew, ...alice },
      { title: 'no name', ...ghost },
    ],
  };
};

/** By method and path of the row, as the index prints it. */
export const parityCases: Readonly<Record<string, readonly ParityCase[]>> = {
  'GET /brokers/': plain,
  'GET /brokers/:node': onNode(plain),
  'GET /nodes/': plain,
  'GET /nodes/:node': onNode(plain),
  'GET /connections/': paged,
  'GET nodes/:node/connections/': onNode(paged),
  'GET /connections/:clientid': ofClient('sensor-17', 'web-1', 'keeper 1/ü', 'away-1'),
  'GET nodes/:node/connections/:clientid': onNode(ofClient('sensor-17', 'web-1')),
  'DELETE /connections/:clientid': [
    {
      title: 'a connection',
      path: { clientid: 'kicked-1' },
      arrange: (gateway) => gateway.connect({ clientId: 'kicked-1' }),
    },
    { title: 'no connection', path: { clientid: 'ghost' } },
  ],
  'DELETE /connections/:clientid/acl/:topic': ofClient('sensor-17').map((one) => ({
    ...one,
    path: { ...one.path, topic: 'plant/17/cmd' },
  })),
  'GET /connection/username/:username': ofUser,
  'GET /nodes/:node/connection/username/:username': onNode(ofUser),
  'GET /sessions/': paged,
  'GET /sessions/:clientid': ofClient('sensor-17', 'keeper 1/ü', 'away-1'),
  'GET nodes/:node/sessions/': onNode(paged),
  'GET nodes/:node/sessions/:clientid': onNode(ofClient('sensor-17', 'away-1')),
  'DELETE /sessions/persistent/:clientid': cleaned,
  'DELETE nodes/:node/sessions/persistent/:clientid': onNode(cleaned),
  'GET /subscriptions/': paged,
  'GET /subscriptions/:clientid': ofClient('sensor-17', 'web-1', 'away-1'),
  'GET /nodes/:node/subscriptions/': onNode(paged),
  'GET /nodes/:node/subscriptions/:clientid': onNode(ofClient('sensor-17', 'away-1')),
  'GET /routes/': paged,
  'GET /routes/:topic': ['plant/17/cmd', 'plant/#', 'elsewhere'].map((topic) => ({ title: topic, path: { topic } })),
  'POST /mqtt/publish': [
    { title: 'a message', body: { topic: 'plant/17/cmd', payload: 'x', qos: 1 } },
    { title: 'a list with a wildcard', body: { topic: 'plant/1,plant/+', payload: 'x' } },
    { title: 'a wildcard alone', body: { topic: 'plant/+' } },
    { title: 'a malformed topic', body: { topic: 'plant/#/x' } },
  ],
  'POST /mqtt/subscribe': [
    { title: 'a client', body: { client_id: 'away-1', topic: 'plant/18/a,plant/18/b', qos: 1 } },
    { title: 'an unknown client', body: { client_id: 'ghost', topic: 'x' } },
    { title: 'a malformed filter', body: { client_id: 'away-1', topic: 'x#' } },
  ],
  'POST /mqtt/unsubscribe': [
    { title: 'a client', body: { client_id: 'away-1', topic: 'plant/18/a' } },
    { title: 'an unknown client', body: { client_id: 'ghost', topic: 'x' } },
  ],
  'POST /mqtt/subscribe_batch': [
    {
      title: 'a batch',
      body: [
        { client_id: 'away-1', topic: 'y', qos: 2 },
        { client_id: 'ghost', topics: 'x' },
      ],
    },
    { title: 'no body' },
  ],
  'POST /mqtt/publish_batch': [
    { title: 'a batch', body: [{ topics: 'plant/1,plant/2', payload: 'x' }, { topic: 'plant/+' }] },
    { title: 'no body' },
  ],
  'POST /mqtt/unsubscribe_batch': [
    {
      title: 'a batch',
      body: [
        { client_id: 'away-1', topic: 'y' },
        { client_id: 'ghost', topic: 'x' },
      ],
    },
    { title: 'no body' },
  ],
  'GET /alarms/': alarmed,
  'GET /alarms/:node': onNode(alarmed),
  'GET /alarms/present': alarmed,
  'GET /alarms/present/:node': onNode(alarmed),
  'GET /alarms/history': alarmed,
  'GET /alarms/history/:node': onNode(alarmed),
  'GET /banned/': bans(...paged),
  'POST /banned/': bans(
    { title: 'a ban', body: { who: 'c', as: 'username', reason: 'x', until: 4_000_000_000, extra: { deep: [1] } } },
    { title: 'in a query, before the body', query: '?who=c&as=client_id&flag', body: { who: 'd', by: 'x' } },
    { title: 'no address', body: { who: 'c', as: 'ip_address' } },
    { title: 'a name that is too long', body: { who: 'x'.repeat(65_536), as: 'client_id' } },
    { title: 'an exempt address', body: { who: '127.0.0.0/8', as: 'ip_address' } },
  ),
  'DELETE /banned/:who': bans(
    { title: 'a ban', path: { who: 'a/b' }, query: '?as=client_id' },
    { title: 'a range', path: { who: '192.0.2.9/24' }, body: { as: 'ip_address' } },
    { title: 'no ban', path: { who: 'ghost' }, query: '?as=username' },
    { title: 'no address', path: { who: 'ghost' }, query: '?as=ip_address' },
  ),
  'GET /plugins/': plain,
  'GET /nodes/:node/plugins/': onNode(plain),
  'PUT /nodes/:node/plugins/:plugin/load': onNode([
    {
      title: 'one that is not active',
      path: { plugin: 'emqx_prometheus' },
      arrange: (gateway) => loaded(gateway, false),
    },
    { title: 'an active plugin', path: { plugin: 'emqx_recon' } },
    { title: 'an unknown plugin', path: { plugin: 'emqx_nothing' } },
  ]),
  'PUT /nodes/:node/plugins/:plugin/unload': onNode(unloaded),
  'PUT /nodes/:node/plugins/:plugin/reload': onNode(reloaded),
  'PUT /plugins/:plugin/unload': unloaded,
  'PUT /plugins/:plugin/reload': reloaded,
  'GET /listeners/': plain,
  'GET /nodes/:node/listeners': onNode(plain),
  'GET /metrics/': plain,
  'GET /nodes/:node/metrics/': onNode(plain),
  'GET /stats/': plain,
  'GET /nodes/:node/stats/': onNode(plain),
  'GET /configs/': plain,
  'GET /nodes/:node/configs/': onNode(plain),
  'PUT /configs/:app': setting,
  'PUT /nodes/:node/configs/:app': onNode(setting),
  'GET /nodes/:node/plugin_configs/:plugin': onNode(
    ['emqx_dashboard', 'emqx_nothing'].map((plugin) => ({ title: plugin, path: { plugin } })),
  ),
  'PUT /nodes/:node/plugin_configs/:plugin': onNode([
    { title: 'a set', path: { plugin: 'emqx_dashboard' }, body: { 'auth.idle': '2h' } },
    { title: 'a key that is unknown', path: { plugin: 'emqx_dashboard' }, body: { 'auth.ilde': '2h' } },
    { title: 'an unknown plugin', path: { plugin: 'emqx_nothing' }, body: {} },
  ]),
  ...credentialCases('username'),
  ...credentialCases('clientid'),
};
