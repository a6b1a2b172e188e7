import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NODE, type TestGateway } from '../support/gateway.ts';
import { next } from './support/inbox.ts';
import {
  ANY_NUMBER,
  LOCAL_TIME,
  NOT_FOUND,
  PROFILES,
  type ProfileName,
  spelled,
  startProfile,
} from './support/profiles.ts';

/** Fields of one release or another, of a client over TCP and one over WebSocket. */
const ofRelease: Record<ProfileName, readonly [overTcp: object, overWebSocket: object]> = {
  '3.0-beta': [
    { is_super: false, mountpoint: 'undefined', will_topic: 'plant/17/state' },
    { is_super: false, mountpoint: 'undefined', will_topic: 'undefined' },
  ],
  '3.0': [
    { is_super: false, mountpoint: 'undefined' },
    { is_super: false, mountpoint: 'undefined' },
  ],
  '3.1': [{ conn_mod: 'emqx_connection' }, { conn_mod: 'emqx_ws_connection' }],
  '3.2': [{ conn_mod: 'emqx_channel' }, { conn_mod: 'emqx_ws_channel' }],
};

describe.each(PROFILES)('connections in the spelling of %s', (profile) => {
  let gateway: TestGateway;
  let sensor: Record<string, unknown>;
  let web: Record<string, unknown>;
  const meta = { page: 1, limit: 10_000, count: 2 };

  beforeAll(async () => {
    gateway = await startProfile(profile);
    const will = { topic: 'plant/17/state', payload: Buffer.from('gone'), qos: 1, retain: false } as const;
    const overTcp = await gateway.connect({ clientId: 'sensor-17', username: 'alice', keepalive: 30, will });
    await overTcp.subscribeAsync('plant/17/cmd', { qos: 0 });
    const message = next(overTcp, 'message');
    await overTcp.publishAsync('plant/17/cmd', 'on');
    await message;
    await gateway.connect({
      clientId: 'web-1',
      clean: false,
      overWebSocket: true,
      protocolId: 'MQIsdp',
      protocolVersion: 3,
    });

    sensor = {
      client_id: 'sensor-17',
      username: 'alice',
      clean_start: true,
      connected_at: LOCAL_TIME,
      ipaddress: '127.0.0.1',
      port: (overTcp.stream as Socket).localPort,
      is_bridge: false,
      keepalive: 30,
      peercert: 'nossl',
      proto_name: 'MQTT',
      proto_ver: 4,
      zone: 'external',
      node: NODE,
      // CONNECT, SUBSCRIBE and PUBLISH; CONNACK, SUBACK and the PUBLISH.
      recv_oct: 52 + 19 + 18,
      send_oct: 4 + 5 + 18,
      recv_cnt: ANY_NUMBER,
      send_cnt: ANY_NUMBER,
      send_pend: 0,
      recv_pkt: 3,
      send_pkt: 3,
      recv_msg: 1,
      send_msg: 1,
      heap_size: 0,
      mailbox_len: 0,
      reductions: 0,
      ...ofRelease[profile][0],
    };
    web = {
      client_id: 'web-1',
      username: 'undefined',
      clean_start: false,
      connected_at: LOCAL_TIME,
      ipaddress: '127.0.0.1',
      port: ANY_NUMBER,
      is_bridge: false,
      keepalive: 60,
      peercert: 'nossl',
      proto_name: 'MQIsdp',
      proto_ver: 3,
      zone: 'external',
      node: NODE,
      recv_oct: 21,
      send_oct: 4,
      recv_cnt: ANY_NUMBER,
      send_cnt: ANY_NUMBER,
      send_pend: 0,
      recv_pkt: 1,
      send_pkt: 1,
      recv_msg: 0,
      send_msg: 0,
      heap_size: 0,
      mailbox_len: 0,
      reductions: 0,
      ...ofRelease[profile][1],
    };
  });

  afterAll(() => gateway.close());

  test.each(['/connections/', `/nodes/${NODE}/connections/`])('GET %s lists a page of them', async (path) => {
    const { status, json } = await gateway.rest(path);
    expect(status).toBe(200);
    expect(json).toEqual(spelled(profile, { items: [sensor, web], meta }, { code: 0, data: [sensor, web], meta }));
  });

  describe.each(['/connections/', `/nodes/${NODE}/connections/`])('GET %s:clientid', (path) => {
    test('answers a list of the one', async () => {
      const { status, json } = await gateway.rest(`${path}web-1`);
      expect(status).toBe(200);
      expect(json).toEqual(spelled(profile, [web], { code: 0, data: [web] }));
    });

    test('answers an empty list when the client is unknown', async () => {
      const { status, json } = await gateway.rest(`${path}ghost`);
      expect(status).toBe(200);
      expect(json).toEqual(spelled(profile, [], { code: 0, data: [] }));
    });
  });

  test.each(['', 'sensor-17'])('GET /nodes/:node/connections/%s does not know another node', async (clientId) => {
    const { status, text } = await gateway.rest(`/nodes/brokerql@10.0.0.9/connections/${clientId}`);
    expect({ status, text }).toEqual(NOT_FOUND);
  });

  describe.each(['', `/nodes/${NODE}`])('GET %s/connection/username/:username', (node) => {
    const isThere = profile === '3.1' || profile === '3.2';

    if (!isThere) {
      test('is not there yet', async () => {
        const { status, text } = await gateway.rest(`${node}/connection/username/alice`);
        expect({ status, text }).toEqual(NOT_FOUND);
      });
      return;
    }

    test('lists the connections of the user', async () => {
      const { status, json } = await gateway.rest(`${node}/connection/username/alice`);
      expect(status).toBe(200);
      expect(json).toEqual({ code: 0, data: [sensor] });
    });

    test('answers an empty list when nobody has the name', async () => {
      const { status, json } = await gateway.rest(`${node}/connection/username/undefined`);
      expect(status).toBe(200);
      expect(json).toEqual({ code: 0, data: [] });
    });
  });

  test('GET /nodes/:node/connection/username/:username does not know another node', async () => {
    const { status, text } = await gateway.rest('/nodes/brokerql@10.0.0.9/connection/username/alice');
    expect({ status, text }).toEqual(NOT_FOUND);
  });

  describe('DELETE /connections/:clientid', () => {
    test.each([
      ['TCP', false],
      ['WebSocket', true],
    ])('closes a connection over %s; its clean session ends', async (_, overWebSocket) => {
      const client = await gateway.connect({ clientId: 'kicked-1', overWebSocket });
      const end = next(client, 'close');
      const { status, json } = await gateway.rest('/connections/kicked-1', { method: 'DELETE' });
      expect(status).toBe(200);
      expect(json).toEqual(spelled(profile, 'ok', { code: 0 }));
      await end;
      const none = spelled(profile, [], { code: 0, data: [] });
      expect((await gateway.rest('/connections/kicked-1')).json).toEqual(none);
      expect((await gateway.rest('/sessions/kicked-1')).json).toEqual(none);
    });

    test('leaves a persistent session', async () => {
      const client = await gateway.connect({ clientId: 'kicked-2', clean: false });
      await client.subscribeAsync('plant/18/cmd', { qos: 1 });
      const end = next(client, 'close');
      await gateway.rest('/connections/kicked-2', { method: 'DELETE' });
      await end;
      const kept = { client_id: 'kicked-2', topic: 'plant/18/cmd', qos: 1, node: NODE };
      const { json } = await gateway.rest('/subscriptions/kicked-2');
      expect(json).toEqual(spelled(profile, [kept], { code: 0, data: [kept] }));
      expect((await gateway.rest('/connections/kicked-2')).json).toEqual(spelled(profile, [], { code: 0, data: [] }));
    });

    test('refuses an unknown client', async () => {
      const { status, json } = await gateway.rest('/connections/ghost', { method: 'DELETE' });
      expect({ status, json }).toEqual(
        spelled(
          profile,
          { status: 500, json: { message: 'not_found' } },
          { status: 200, json: { code: 112, message: 'not_found' } },
        ),
      );
    });
  });

  describe('DELETE /connections/:clientid/acl/:topic', () => {
    const clean = (clientId: string) =>
      gateway.rest(`/connections/${clientId}/acl/plant%2F17%2Fcmd`, { method: 'DELETE' });

    if (profile !== '3.0-beta') {
      test('is there no longer', async () => {
        const { status, text } = await clean('sensor-17');
        expect({ status, text }).toEqual(NOT_FOUND);
      });
      return;
    }

    test('is done at once, as nothing is cached', async () => {
      const { status, json } = await clean('sensor-17');
      expect({ status, json }).toEqual({ status: 200, json: 'ok' });
    });

    test('refuses an unknown client with a bare text', async () => {
      const { status, json } = await clean('ghost');
      expect({ status, json }).toEqual({ status: 500, json: 'not_found' });
    });
  });
});
