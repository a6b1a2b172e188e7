import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, NODE, type TestGateway } from '../support/gateway.ts';
import { ANY_NUMBER, NOT_FOUND, PROFILES, spelled, startProfile } from './support/profiles.ts';

describe.each(PROFILES)('listeners in the spelling of %s', (profile) => {
  let gateway: TestGateway;
  const listener = (protocol: string, port: number, current_conns: unknown, shutdown_count: unknown) => ({
    protocol,
    listen_on: `127.0.0.1:${port}`,
    acceptors: 1,
    max_conns: 0,
    current_conns,
    shutdown_count,
  });

  const listeners = (overTcp: number, endedOverTcp: unknown, overWebSocket: number, endedOverWebSocket: unknown) => {
    const { mqtt, webSocket, management, dashboard } = gateway.gateway.ports;
    return [
      listener('mqtt:tcp', mqtt.port, overTcp, endedOverTcp),
      listener('mqtt:ws', webSocket.port, overWebSocket, endedOverWebSocket),
      listener('http:management', management.port, ANY_NUMBER, []),
      listener('http:dashboard', dashboard.port, 0, []),
    ];
  };

  beforeAll(async () => {
    gateway = await startProfile(profile);
  });

  afterAll(() => gateway.close());

  test('GET /listeners/ lists those of each node', async () => {
    await gateway.connect({ clientId: 'sensor-1' });
    await gateway.connect({ clientId: 'sensor-2' });
    await gateway.connect({ clientId: 'web-1', overWebSocket: true });
    const rows = [{ node: NODE, listeners: listeners(2, [], 1, []) }];
    const { status, json } = await gateway.rest('/listeners/');
    expect(status).toBe(200);
    expect(json).toEqual(spelled(profile, rows, { code: 0, data: rows }));
  });

  test('GET /nodes/:node/listeners lists those of the node, and why connections ended', async () => {
    const leaving = await gateway.connect({ clientId: 'leaving' });
    await leaving.endAsync();
    const { mqtt, webSocket } = gateway.gateway.ports;
    await gateway.rest('/connections/sensor-1', { method: 'DELETE' });
    const torn = await gateway.connect({ clientId: 'torn' });
    torn.stream.destroy();
    await gateway.rest('/connections/web-1', { method: 'DELETE' });
    await eventually(() => mqtt.currentConnections === 1 && webSocket.currentConnections === 0, 'the ends');

    const rows = listeners(1, { closed: 1, kicked: 1, tcp_closed: 1 }, 0, { kicked: 1 });
    for (const path of [`/nodes/${NODE}/listeners`, `/nodes/${NODE}/listeners/`]) {
      const { status, json } = await gateway.rest(path);
      expect(status).toBe(200);
      expect(json).toEqual(spelled(profile, rows, { code: 0, data: rows }));
    }
  });

  test('GET /nodes/:node/listeners does not know another node', async () => {
    const { status, text } = await gateway.rest('/nodes/brokerql@10.0.0.9/listeners');
    expect({ status, text }).toEqual(NOT_FOUND);
  });
});
