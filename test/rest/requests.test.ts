import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NODE, type TestGateway } from '../support/gateway.ts';
import { inboxOf } from './support/inbox.ts';
import { PROFILES, spelled, startProfile } from './support/profiles.ts';
import { rawRequest } from './support/raw-request.ts';

describe.each(PROFILES)('the shape of a request in %s', (profile) => {
  let gateway: TestGateway;
  const row = { client_id: 'sensor-17', topic: 'plant/1', qos: 0, node: NODE };

  beforeAll(async () => {
    gateway = await startProfile(profile);
    const client = await gateway.connect({ clientId: 'sensor-17' });
    await client.subscribeAsync('plant/1', { qos: 0 });
  });

  afterAll(() => gateway.close());

  test.each([
    '/subscriptions/sensor-17',
    '/subscriptions/sensor-17/',
    '//subscriptions//sensor-17//',
    `/nodes/${NODE}/subscriptions/sensor-17`,
    `///nodes/${NODE}///subscriptions/sensor-17/`,
    '/subscriptions/%73ensor-17',
    '/subscriptions/sensor-17?_=123',
    '/subscriptions/sensor-17?_page=7&_limit=1',
  ])('GET %s answers the same', async (path) => {
    const { status, text } = await rawRequest(gateway, 'GET', path);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual(spelled(profile, [row], { code: 0, data: [row] }));
  });

  test.each(['/Subscriptions/sensor-17', '/%73ubscriptions/sensor-17', '/subscriptions/sensor-17/more'])(
    'GET %s is not found: literal segments are compared as they stand',
    async (path) => {
      expect(await rawRequest(gateway, 'GET', path)).toEqual({ status: 404, text: 'Not found.' });
    },
  );

  test.each([
    ['POST', '/subscriptions/'],
    ['PUT', '/connections/sensor-17'],
    ['DELETE', '/sessions/sensor-17'],
    ['GET', '/mqtt/publish'],
    ['PATCH', '/mqtt/publish'],
  ])('%s %s is not found: a path has its methods', async (method, path) => {
    expect(await rawRequest(gateway, method, path)).toEqual({ status: 404, text: 'Not found.' });
  });

  describe('POST /mqtt/publish', () => {
    test.each([
      ['JSON', { 'content-type': 'application/json' }],
      ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
      ['text in another charset', { 'content-type': 'text/plain; charset=latin1' }],
      ['no known type', { 'content-type': 'nonsense' }],
    ])('reads a body as JSON that is declared as %s', async (_, headers) => {
      const inbox = inboxOf(await gateway.connect({ clientId: 'reader' }));
      await gateway.rest('/mqtt/subscribe', { method: 'POST', body: { client_id: 'reader', topic: 'plant/2' } });
      const body = { topic: 'plant/2', payload: 'Grüße' };
      const { status, json } = await gateway.rest('/mqtt/publish', { method: 'POST', body, headers });
      expect({ status, json }).toEqual({ status: 200, json: { code: 0 } });
      expect(await inbox.take(1)).toEqual([{ topic: 'plant/2', payload: 'Grüße', qos: 0, retain: false }]);
    });

    test.each(['/mqtt/publish', '/mqtt/publish/', '//mqtt//publish//'])(
      'is reached at %s, without a content type',
      async (path) => {
        const inbox = inboxOf(await gateway.connect({ clientId: 'reader' }));
        await gateway.rest('/mqtt/subscribe/', { method: 'POST', body: { client_id: 'reader', topic: 'plant/3' } });
        const { status, text } = await rawRequest(gateway, 'POST', path, '{"topic":"plant/3","payload":"x"}');
        expect({ status, json: JSON.parse(text) }).toEqual({ status: 200, json: { code: 0 } });
        expect(await inbox.take(1)).toEqual([{ topic: 'plant/3', payload: 'x', qos: 0, retain: false }]);
      },
    );

    test('takes all its parameters from the query when there is no body', async () => {
      const inbox = inboxOf(await gateway.connect({ clientId: 'reader' }));
      await gateway.rest('/mqtt/subscribe?client_id=reader&topic=plant%2F4&qos=2', { method: 'POST' });
      const query = 'topic=plant%2F4&payload=a+b%26c&qos=2&topic=plant%2F5';
      const { status, text } = await rawRequest(gateway, 'POST', `/mqtt/publish?${query}`);
      expect({ status, json: JSON.parse(text) }).toEqual({ status: 200, json: { code: 0 } });
      expect(await inbox.take(1)).toEqual([{ topic: 'plant/4', payload: 'a b&c', qos: 2, retain: false }]);
    });

    test('takes a parameter from the query before the same of the body', async () => {
      const inbox = inboxOf(await gateway.connect({ clientId: 'reader' }));
      await gateway.rest('/mqtt/subscribe', {
        method: 'POST',
        body: { client_id: 'reader', topic: 'plant/#', qos: 0 },
      });
      const body = { topic: 'plant/7', payload: 'body' };
      await gateway.rest('/mqtt/publish?topic=plant%2F6', { method: 'POST', body });
      expect(await inbox.take(1)).toEqual([{ topic: 'plant/6', payload: 'body', qos: 0, retain: false }]);
    });
  });
});
