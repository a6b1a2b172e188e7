import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NODE, type TestGateway } from '../support/gateway.ts';
import { leave } from './support/offline.ts';
import { NOT_FOUND, PROFILES, spelled, startProfile } from './support/profiles.ts';

describe.each(PROFILES)('subscriptions in the spelling of %s', (profile) => {
  let gateway: TestGateway;
  const own = { client_id: 'sensor-17', topic: 'plant/17/cmd', qos: 1, node: NODE };
  const wide = { client_id: 'sensor-17', topic: 'plant/+/alarm/#', qos: 0, node: NODE };
  const restored = { client_id: 'keeper-1', topic: 'plant/17/cmd', qos: 2, node: NODE };
  const asked = { client_id: 'sensor-17', topic: 'made/by/api', qos: 2, node: NODE };
  const all = [own, wide, restored, asked];
  const meta = { page: 1, limit: 10_000, count: 4 };

  beforeAll(async () => {
    gateway = await startProfile(profile);
    const sensor = await gateway.connect({ clientId: 'sensor-17' });
    await sensor.subscribeAsync('plant/17/cmd', { qos: 1 });
    await sensor.subscribeAsync('plant/+/alarm/#', { qos: 0 });
    const keeper = await gateway.connect({ clientId: 'keeper-1', clean: false });
    await keeper.subscribeAsync('plant/17/cmd', { qos: 2 });
    await leave(gateway, keeper);
    await gateway.connect({ clientId: 'keeper-1', clean: false });
    const body = { client_id: 'sensor-17', topic: 'made/by/api', qos: 2 };
    await gateway.rest('/mqtt/subscribe', { method: 'POST', body });
  });

  afterAll(() => gateway.close());

  test.each(['/subscriptions/', `/nodes/${NODE}/subscriptions/`])(
    'GET %s lists those of clients, of restored sessions and of the API alike',
    async (path) => {
      const { status, json } = await gateway.rest(path);
      expect(status).toBe(200);
      expect(json).toEqual(spelled(profile, { items: all, meta }, { code: 0, data: all, meta }));
    },
  );

  describe.each(['/subscriptions/', `/nodes/${NODE}/subscriptions/`])('GET %s:clientid', (path) => {
    test('lists those of the client', async () => {
      const { status, json } = await gateway.rest(`${path}sensor-17`);
      expect(status).toBe(200);
      expect(json).toEqual(spelled(profile, [own, wide, asked], { code: 0, data: [own, wide, asked] }));
    });

    test('answers an empty list when the client is unknown', async () => {
      const { status, json } = await gateway.rest(`${path}ghost`);
      expect(status).toBe(200);
      expect(json).toEqual(spelled(profile, [], { code: 0, data: [] }));
    });
  });

  test.each(['', 'sensor-17'])('GET /nodes/:node/subscriptions/%s does not know another node', async (clientId) => {
    const { status, text } = await gateway.rest(`/nodes/brokerql@10.0.0.9/subscriptions/${clientId}`);
    expect({ status, text }).toEqual(NOT_FOUND);
  });
});
