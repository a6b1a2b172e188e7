import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NODE, type TestGateway } from '../support/gateway.ts';
import { NOT_FOUND, PROFILES, spelled, startProfile } from './support/profiles.ts';

describe.each(PROFILES)('routes in the spelling of %s', (profile) => {
  let gateway: TestGateway;
  const shared = { topic: 'plant/1/temp', node: NODE };
  const wide = { topic: 'plant/#', node: NODE };
  const rooted = { topic: '/test', node: NODE };
  const all = [shared, wide, rooted];
  const meta = { page: 1, limit: 10_000, count: 3 };

  beforeAll(async () => {
    gateway = await startProfile(profile);
    const first = await gateway.connect({ clientId: 'sensor-1' });
    const second = await gateway.connect({ clientId: 'sensor-2' });
    await first.subscribeAsync('plant/1/temp', { qos: 1 });
    await second.subscribeAsync('plant/1/temp', { qos: 0 });
    await first.subscribeAsync('plant/#', { qos: 0 });
    await first.subscribeAsync('/test', { qos: 0 });
    await second.subscribeAsync('test', { qos: 0 });
    await second.unsubscribeAsync('test');
  });

  afterAll(() => gateway.close());

  test('GET /routes/ lists each filter that has a subscriber once', async () => {
    const { status, json } = await gateway.rest('/routes/');
    expect(status).toBe(200);
    expect(json).toEqual(spelled(profile, { items: all, meta }, { code: 0, data: all, meta }));
  });

  describe('GET /routes/:topic', () => {
    test.each([
      ['plant%2F1%2Ftemp', shared],
      ['plant%2F%23', wide],
      ['%2Ftest', rooted],
    ])('answers the route of the filter %s', async (topic, route) => {
      const { status, json } = await gateway.rest(`/routes/${topic}`);
      expect(status).toBe(200);
      expect(json).toEqual(spelled(profile, [route], { code: 0, data: [route] }));
    });

    test.each([
      ['that a wider filter matches', 'plant%2F2%2Ftemp'],
      ['that nobody subscribes to', 'elsewhere'],
      ['whose leading slash is not escaped', '/test'],
      ['that nobody subscribes to any longer', 'test'],
    ])('answers an empty list for a topic %s', async (_, topic) => {
      const { status, json } = await gateway.rest(`/routes/${topic}`);
      expect(status).toBe(200);
      expect(json).toEqual(spelled(profile, [], { code: 0, data: [] }));
    });

    test('is not found when a slash in the topic is not escaped', async () => {
      const { status, text } = await gateway.rest('/routes/plant/1/temp');
      expect({ status, text }).toEqual(NOT_FOUND);
    });
  });
});
