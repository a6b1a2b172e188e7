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

const cleaned: readonly ParityCase[] = [
  { title: 'a session that nobody uses', path: { clientid: 'leaver-1' }, arrange: goesOffline },
  { title: 'a session in use', path: { clientid: 'sensor-17' } },
  { title: 'no session', path: { clientid: 'ghost' } },
];

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
  'GET /listeners/': plain,
  'GET /nodes/:node/listeners': onNode(plain),
  'GET /metrics/': plain,
  'GET /nodes/:node/metrics/': onNode(plain),
  'GET /stats/': plain,
  'GET /nodes/:node/stats/': onNode(plain),
};
