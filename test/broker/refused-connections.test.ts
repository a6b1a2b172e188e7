import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { clientIdsOf, growth, metricsOf, sessionOf, shutdownCountOf, statsOf } from './figures.ts';
import { type ConnectFields, connectPacket, connectWire, NAMELESS_PERSISTENT_CONNECT, openWire } from './wire.ts';

async function refusalOf(gateway: TestGateway, fields: ConnectFields | Buffer): Promise<number | undefined> {
  const wire = await openWire(gateway);
  const packet = Buffer.isBuffer(fields) ? fields : connectPacket(fields);
  const { returnCode } = await wire.ask(packet, 'connack');
  await wire.closed;
  return returnCode;
}

describe('a CONNECT', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway('mqtt: {max_clientid_len: 20}');
  });

  afterAll(() => gateway.close());

  test('with a client id above the limit in bytes is refused with 2', async () => {
    const before = await metricsOf(gateway);
    expect(await refusalOf(gateway, { clientId: 'x'.repeat(21) })).toBe(2);
    expect(await refusalOf(gateway, { clientId: '中'.repeat(7) })).toBe(2);
    expect(growth(before, await metricsOf(gateway))).toMatchObject({
      packetsConnectReceived: 2,
      packetsConnackSent: 2,
      packetsConnackError: 2,
    });
    expect(await metricsOf(gateway)).toMatchObject({ packetsConnackAuthError: 0, authMqttAnonymous: 0 });
    expect(await statsOf(gateway)).toMatchObject({ connectionsMax: 0, sessionsMax: 0 });
  });

  test('with a client id at the limit is accepted', async () => {
    const wire = await connectWire(gateway, { clientId: '中'.repeat(6) });
    expect(await clientIdsOf(gateway)).toEqual(['中'.repeat(6)]);
    await wire.disconnect();
  });

  test('with neither client id nor clean session is refused with 2', async () => {
    expect(await refusalOf(gateway, NAMELESS_PERSISTENT_CONNECT)).toBe(2);
    expect(await statsOf(gateway)).toMatchObject({ persistentSessionsMax: 0 });
  });

  test('without a client id gets one when its session is clean', async () => {
    const one = await connectWire(gateway, { clientId: '' });
    const two = await connectWire(gateway, { clientId: '' });
    const ids = await clientIdsOf(gateway);
    expect(new Set(ids).size).toBe(2);
    expect(ids.every((id) => id.length > 0)).toBe(true);
    await one.disconnect();
    await two.disconnect();
  });

  test('of an unknown version of the protocol is refused with 1', async () => {
    expect(await refusalOf(gateway, { protocolVersion: 5, properties: {} })).toBe(1);
  });

  test('of MQTT 3.1 is accepted', async () => {
    const wire = await connectWire(gateway, { clientId: 'old', protocolId: 'MQIsdp', protocolVersion: 3 });
    const { domain } = gateway.gateway;
    expect(await domain.connection('old', null)).toMatchObject({ protocolName: 'MQIsdp', protocolVersion: 3 });
    await wire.disconnect();
  });

  test('of a bridge is accepted and told of', async () => {
    const wire = await connectWire(gateway, { clientId: 'bridge', bridgeMode: true });
    const { domain } = gateway.gateway;
    expect(await domain.connection('bridge', null)).toMatchObject({ isBridge: true, protocolVersion: 4 });
    await wire.disconnect();
  });
});

describe('mqtt.allow_anonymous: false', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway('mqtt: {allow_anonymous: "false"}');
  });

  afterAll(() => gateway.close());

  test('refuses clients with 5, names and passwords or not', async () => {
    const will = { topic: 'will', payload: Buffer.from('x'), qos: 0 as const, retain: true };
    expect(await refusalOf(gateway, { clientId: 'nobody', will })).toBe(5);
    expect(
      await refusalOf(gateway, { clientId: 'anna', clean: false, username: 'anna', password: Buffer.from('x') }),
    ).toBe(5);
    expect(await metricsOf(gateway)).toMatchObject({
      packetsConnectReceived: 2,
      packetsConnackSent: 2,
      packetsConnackError: 2,
      packetsConnackAuthError: 2,
      authMqttAnonymous: 0,
      messagesRetained: 0,
      messagesDropped: 0,
    });
    expect(await statsOf(gateway)).toMatchObject({ connectionsMax: 0, sessionsMax: 0 });
    expect(await sessionOf(gateway, 'anna')).toBeNull();
    const isCounted = async () => (await shutdownCountOf(gateway)).not_authorized === 2;
    await eventually(isCounted, 'both refusals in shutdown_count');
  });
});

describe('mqtt.max_connections: 2', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway('mqtt: {max_connections: 2}');
  });

  afterAll(() => gateway.close());

  test('closes the third connection, and accepts again when one has left', async () => {
    const first = await connectWire(gateway, { clientId: 'first' });
    const second = await connectWire(gateway, { clientId: 'second' });
    const third = await openWire(gateway);
    await third.closed;
    const listener = async () => (await gateway.gateway.domain.listeners(null))[0]!;
    expect(await listener()).toMatchObject({ protocol: 'mqtt:tcp', maxConnections: 2, currentConnections: 2 });
    expect(await clientIdsOf(gateway)).toEqual(['first', 'second']);
    await first.disconnect();
    await eventually(async () => (await listener()).currentConnections === 1, 'a free place');
    const fourth = await connectWire(gateway, { clientId: 'fourth' });
    expect(await clientIdsOf(gateway)).toEqual(['second', 'fourth']);
    await second.disconnect();
    await fourth.disconnect();
  });
});
