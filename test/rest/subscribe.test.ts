import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NODE, type TestGateway } from '../support/gateway.ts';
import { inboxOf } from './support/inbox.ts';
import { comeBack, leave } from './support/offline.ts';
import { PROFILES, spelled, startProfile } from './support/profiles.ts';

describe.each(PROFILES)('subscriptions made for a client, in the spelling of %s', (profile) => {
  let gateway: TestGateway;
  const post = (path: string, body: unknown) => gateway.rest(path, { method: 'POST', body });
  const publish = (topic: string, qos = 0) => post('/mqtt/publish', { topic, payload: 'x', qos });
  const accepted = { status: 200, json: { code: 0 } };
  const offline = { status: 200, json: spelled(profile, { code: 112 }, { code: 112, message: 'session_not_found' }) };
  /** Topic and QoS of each subscription that the client has. */
  const subscriptionsOf = async (clientId: string) => (await gateway.rest(`/subscriptions/${clientId}`)).json;
  const list = (...rows: readonly object[]) => spelled(profile, rows, { code: 0, data: rows });

  beforeAll(async () => {
    gateway = await startProfile(profile);
  });

  afterAll(() => gateway.close());

  describe('POST /mqtt/subscribe', () => {
    const subscribe = async (body: unknown) => {
      const { status, json } = await post('/mqtt/subscribe', body);
      return { status, json };
    };

    test('makes a connected client receive', async () => {
      const client = await gateway.connect({ clientId: 'online-1' });
      const inbox = inboxOf(client);
      expect(await subscribe({ client_id: 'online-1', topic: 'plant/1/cmd', qos: 1 })).toEqual(accepted);
      expect(await subscriptionsOf('online-1')).toEqual(
        list({ client_id: 'online-1', topic: 'plant/1/cmd', qos: 1, node: NODE }),
      );
      await publish('plant/1/cmd', 2);
      expect(await inbox.take(1)).toEqual([{ topic: 'plant/1/cmd', payload: 'x', qos: 1, retain: false }]);
    });

    test('takes several filters, and QoS 0 unless given', async () => {
      const client = await gateway.connect({ clientId: 'online-2' });
      const inbox = inboxOf(client);
      expect(await subscribe({ client_id: 'online-2', topics: 'a/1,a/2' })).toEqual(accepted);
      expect(await subscriptionsOf('online-2')).toEqual(
        list(
          { client_id: 'online-2', topic: 'a/1', qos: 0, node: NODE },
          { client_id: 'online-2', topic: 'a/2', qos: 0, node: NODE },
        ),
      );
      await publish('a/2,a/1', 1);
      expect(await inbox.take(2)).toEqual([
        { topic: 'a/2', payload: 'x', qos: 0, retain: false },
        { topic: 'a/1', payload: 'x', qos: 0, retain: false },
      ]);
    });

    test('changes the QoS of a filter that the client has', async () => {
      const client = await gateway.connect({ clientId: 'online-3' });
      const inbox = inboxOf(client);
      await client.subscribeAsync('b/1', { qos: 0 });
      expect(await subscribe({ client_id: 'online-3', topic: 'b/1', qos: 2 })).toEqual(accepted);
      expect(await subscriptionsOf('online-3')).toEqual(
        list({ client_id: 'online-3', topic: 'b/1', qos: 2, node: NODE }),
      );
      await publish('b/1', 2);
      expect(await inbox.take(1)).toEqual([{ topic: 'b/1', payload: 'x', qos: 2, retain: false }]);
    });

    test('makes messages wait for a persistent client that is away', async () => {
      const options = { clientId: 'away-1', clean: false };
      await leave(gateway, await gateway.connect(options));
      expect(await subscribe({ client_id: 'away-1', topic: 'c/1', qos: 1 })).toEqual(accepted);
      expect(await subscriptionsOf('away-1')).toEqual(list({ client_id: 'away-1', topic: 'c/1', qos: 1, node: NODE }));
      await publish('c/1', 1);
      const { client, inbox } = comeBack(gateway, options);
      expect(await inbox.take(1)).toEqual([{ topic: 'c/1', payload: 'x', qos: 1, retain: false }]);
      await client.endAsync();
    });

    test.each([
      ['is unknown', { client_id: 'ghost', topic: 'a/1' }],
      ['is not named', { topic: 'a/1' }],
    ])('refuses a client that %s', async (_, body) => {
      expect(await subscribe(body)).toEqual(offline);
    });
  });

  describe('POST /mqtt/unsubscribe', () => {
    const unsubscribe = async (body: unknown) => {
      const { status, json } = await post('/mqtt/unsubscribe', body);
      return { status, json };
    };

    test('makes a connected client receive no longer', async () => {
      const client = await gateway.connect({ clientId: 'online-4' });
      const inbox = inboxOf(client);
      await client.subscribeAsync('d/#', { qos: 1 });
      await client.subscribeAsync('end', { qos: 1 });
      expect(await unsubscribe({ client_id: 'online-4', topic: 'd/#' })).toEqual(accepted);
      expect(await subscriptionsOf('online-4')).toEqual(
        list({ client_id: 'online-4', topic: 'end', qos: 1, node: NODE }),
      );
      await publish('d/1', 1);
      await publish('end', 1);
      expect(await inbox.take(1)).toEqual([{ topic: 'end', payload: 'x', qos: 1, retain: false }]);
    });

    test.each([
      ['connected', true],
      ['away', false],
    ])('stays in force when a persistent client that was %s comes back', async (state, isConnected) => {
      const options = { clientId: `keeper-${state}`, clean: false };
      const client = await gateway.connect(options);
      await client.subscribeAsync(['e/1', 'e/2'], { qos: 1 });
      if (!isConnected) await leave(gateway, client);
      expect(await unsubscribe({ client_id: `keeper-${state}`, topic: 'e/1' })).toEqual(accepted);
      if (isConnected) await leave(gateway, client);
      await publish('e/1,e/2', 1);

      const { client: again, inbox } = comeBack(gateway, options);
      expect(await inbox.take(1)).toEqual([{ topic: 'e/2', payload: 'x', qos: 1, retain: false }]);
      expect(await subscriptionsOf(`keeper-${state}`)).toEqual(
        list({ client_id: `keeper-${state}`, topic: 'e/2', qos: 1, node: NODE }),
      );
      await publish('e/1', 1);
      await publish('e/2', 0);
      expect(await inbox.take(1)).toEqual([{ topic: 'e/2', payload: 'x', qos: 0, retain: false }]);
      await again.endAsync();
    });

    test('takes one filter, which is not split at its commas', async () => {
      const client = await gateway.connect({ clientId: 'online-5' });
      await client.subscribeAsync(['f/1', 'f/2', 'f/1,f/2'], { qos: 0 });
      expect(await unsubscribe({ client_id: 'online-5', topic: 'f/1,f/2' })).toEqual(accepted);
      expect(await subscriptionsOf('online-5')).toEqual(
        list(
          { client_id: 'online-5', topic: 'f/1', qos: 0, node: NODE },
          { client_id: 'online-5', topic: 'f/2', qos: 0, node: NODE },
        ),
      );
    });

    test('accepts a filter that the client does not have', async () => {
      await gateway.connect({ clientId: 'online-6' });
      expect(await unsubscribe({ client_id: 'online-6', topic: 'g/1' })).toEqual(accepted);
    });

    test('refuses a client that is unknown', async () => {
      expect(await unsubscribe({ client_id: 'ghost', topic: 'a/1' })).toEqual(offline);
    });
  });
});

describe('the QoS of what is published over the API [MQTT-3.8.4-6]', () => {
  let gateway: TestGateway;
  const publish = (topic: string) =>
    gateway.rest('/mqtt/publish', { method: 'POST', body: { topic, payload: 'x', qos: 2 } });

  beforeAll(async () => {
    gateway = await startProfile('3.2');
  });

  afterAll(() => gateway.close());

  test('is lowered to that of a filter with wildcards', async () => {
    const client = await gateway.connect({ clientId: 'wide-1' });
    const inbox = inboxOf(client);
    await client.subscribeAsync('plant/+', { qos: 1 });
    await publish('plant/1');
    expect(await inbox.take(1)).toEqual([{ topic: 'plant/1', payload: 'x', qos: 1, retain: false }]);
  });

  test('is lowered to that of a subscription whose client was away', async () => {
    const options = { clientId: 'away-1', clean: false };
    const client = await gateway.connect(options);
    await client.subscribeAsync('plant/2', { qos: 1 });
    await leave(gateway, client);
    await publish('plant/2');
    const { client: again, inbox } = comeBack(gateway, options);
    expect(await inbox.take(1)).toEqual([{ topic: 'plant/2', payload: 'x', qos: 1, retain: false }]);
    await again.endAsync();
  });
});
