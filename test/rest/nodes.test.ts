import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../src/package.ts';
import { NODE, type TestGateway } from '../support/gateway.ts';
import { ANY_NUMBER, LOCAL_TIME, NOT_FOUND, PROFILES, spelled, startProfile } from './support/profiles.ts';

const OTP_RELEASE = `R${process.versions.node.split('.')[0]}/${process.versions.node}`;
const UPTIME: unknown = expect.stringMatching(/^\d+ seconds$/);
const LOAD: unknown = expect.stringMatching(/^\d+\.\d\d$/);
const MEMORY: unknown = expect.stringMatching(/^\d+\.\d\d[KMG]$/);

describe.each(PROFILES)('brokers and nodes in the spelling of %s', (profile) => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startProfile(profile);
    await gateway.connect({ clientId: 'sensor-17' });
    await gateway.connect({ clientId: 'web-1', overWebSocket: true });
  });

  afterAll(() => gateway.close());

  const broker = {
    datetime: LOCAL_TIME,
    node_status: 'Running',
    otp_release: OTP_RELEASE,
    sysdescr: 'brokerql, an MQTT broker with a GraphQL API',
    uptime: UPTIME,
    version,
  };

  const node = {
    name: NODE,
    connections: 2,
    load1: LOAD,
    load5: LOAD,
    load15: LOAD,
    max_fds: ANY_NUMBER,
    process_available: ANY_NUMBER,
    process_used: ANY_NUMBER,
    node_status: 'Running',
    otp_release: OTP_RELEASE,
    uptime: UPTIME,
    version,
  };

  test('GET /brokers/ lists the broker with its node', async () => {
    const row = { ...broker, node: NODE };
    const { status, json } = await gateway.rest('/brokers/');
    expect(status).toBe(200);
    expect(json).toEqual(spelled(profile, [row], { code: 0, data: [row] }));
  });

  test('GET /brokers/:node answers the broker without its node', async () => {
    const { status, json } = await gateway.rest(`/brokers/${NODE}`);
    expect(status).toBe(200);
    expect(json).toEqual(spelled(profile, broker, { code: 0, data: broker }));
  });

  test('GET /brokers/:node tells the time of the broker, local and without a zone', async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    const { text } = await gateway.rest(`/brokers/${NODE}`);
    const [, date, time] = /"datetime":"([\d-]+) ([\d:]+)"/.exec(text) ?? [];
    const told = Date.parse(`${date}T${time}+05:30`);
    expect(told).toBeGreaterThanOrEqual(before);
    expect(told).toBeLessThanOrEqual(Date.now());
  });

  test('GET /nodes/ lists the node under both of its names, memory as text', async () => {
    const row = { ...node, node: NODE, memory_total: MEMORY, memory_used: MEMORY };
    const { status, json } = await gateway.rest('/nodes/');
    expect(status).toBe(200);
    expect(json).toEqual(spelled(profile, [row], { code: 0, data: [row] }));
  });

  test('GET /nodes/:node answers the node under one name, memory in bytes', async () => {
    const row = { ...node, memory_total: ANY_NUMBER, memory_used: ANY_NUMBER };
    const { status, json } = await gateway.rest(`/nodes/${NODE}`);
    expect(status).toBe(200);
    expect(json).toEqual(spelled(profile, row, { code: 0, data: row }));
  });

  test('the memory in use is a part of the memory taken', async () => {
    const { text } = await gateway.rest(`/nodes/${NODE}`);
    const [total = 0, used = 0] = ['total', 'used'].map((kind) =>
      Number(new RegExp(`"memory_${kind}":(\\d+)`).exec(text)?.[1]),
    );
    expect(used).toBeGreaterThan(0);
    expect(total).toBeGreaterThanOrEqual(used);
  });

  test.each(['/brokers/', '/nodes/'])('GET %s:node does not know another node', async (path) => {
    const { status, headers, text } = await gateway.rest(`${path}brokerql@10.0.0.9`);
    expect({ status, text }).toEqual(NOT_FOUND);
    expect(headers.get('content-type')).toBe('text/plain');
  });
});
