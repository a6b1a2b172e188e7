import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NODE, type TestGateway } from '../support/gateway.ts';
import { inboxOf, next } from './support/inbox.ts';
import { leave } from './support/offline.ts';
import { LOCAL_TIME, NOT_FOUND, PROFILES, spelled, startProfile } from './support/profiles.ts';

/** Connected, with one message that it does not acknowledge. */
const busy = {
  client_id: 'busy-1',
  username: 'alice',
  node: NODE,
  binding: 'local',
  clean_start: true,
  created_at: LOCAL_TIME,
  expiry_interval: 0,
  subscriptions_count: 2,
  max_subscriptions: 0,
  inflight_len: 1,
  max_inflight: 32,
  mqueue_len: 0,
  max_mqueue: 100_000,
  mqueue_dropped: 0,
  awaiting_rel_len: 0,
  max_awaiting_rel: 100,
  deliver_msg: 2,
  enqueue_msg: 0,
  heap_size: 0,
  mailbox_len: 0,
  reductions: 0,
};

/** Persistent and away, with three messages that wait. */
const away = {
  client_id: 'away-1',
  username: 'undefined',
  node: NODE,
  binding: 'local',
  clean_start: false,
  created_at: LOCAL_TIME,
  expiry_interval: 7200,
  subscriptions_count: 1,
  max_subscriptions: 0,
  inflight_len: 0,
  max_inflight: 32,
  mqueue_len: 3,
  max_mqueue: 100_000,
  mqueue_dropped: 0,
  awaiting_rel_len: 0,
  max_awaiting_rel: 100,
  deliver_msg: 0,
  enqueue_msg: 3,
  heap_size: 0,
  mailbox_len: 0,
  reductions: 0,
};

describe.each(PROFILES)('sessions in the spelling of %s', (profile) => {
  let gateway: TestGateway;
  const meta = { page: 1, limit: 10_000, count: 2 };
  const publish = (topic: string, qos: number) =>
    gateway.rest('/mqtt/publish', { method: 'POST', body: { topic, qos, payload: 'x' } });

  beforeAll(async () => {
    gateway = await startProfile(profile);
    const first = await gateway.connect({ clientId: 'busy-1', username: 'alice' });
    await first.subscribeAsync('plant/1/fast', { qos: 0 });
    await first.subscribeAsync('plant/1/sure', { qos: 1 });
    const second = await gateway.connect({ clientId: 'away-1', clean: false });
    await second.subscribeAsync('plant/2/#', { qos: 2 });
    await leave(gateway, second);
    for (const topic of ['plant/2/a', 'plant/2/b', 'plant/2/c']) await publish(topic, 1);
    const fast = next(first, 'message');
    await publish('plant/1/fast', 0);
    await fast;
    // mqtt.js acknowledges a message when its handler calls back.
    first.handleMessage = () => {};
    const sure = next(first, 'packetreceive');
    await publish('plant/1/sure', 1);
    await sure;
  });

  afterAll(() => gateway.close());

  test.each(['/sessions/', `/nodes/${NODE}/sessions/`])('GET %s lists a page of them', async (path) => {
    const { status, json } = await gateway.rest(path);
    expect(status).toBe(200);
    expect(json).toEqual(spelled(profile, { items: [busy, away], meta }, { code: 0, data: [busy, away], meta }));
  });

  describe.each(['/sessions/', `/nodes/${NODE}/sessions/`])('GET %s:clientid', (path) => {
    test.each([
      ['connected', 'busy-1', busy],
      ['away', 'away-1', away],
    ])('answers a list of the one of a client that is %s', async (_, clientId, row) => {
      const { status, json } = await gateway.rest(`${path}${clientId}`);
      expect(status).toBe(200);
      expect(json).toEqual(spelled(profile, [row], { code: 0, data: [row] }));
    });

    test('answers an empty list when the client is unknown', async () => {
      const { status, json } = await gateway.rest(`${path}ghost`);
      expect(status).toBe(200);
      expect(json).toEqual(spelled(profile, [], { code: 0, data: [] }));
    });
  });

  test.each(['', 'busy-1'])('GET /nodes/:node/sessions/%s does not know another node', async (clientId) => {
    const { status, text } = await gateway.rest(`/nodes/brokerql@10.0.0.9/sessions/${clientId}`);
    expect({ status, text }).toEqual(NOT_FOUND);
  });

  describe.each(['', `/nodes/${NODE}`])('DELETE %s/sessions/persistent/:clientid', (node) => {
    const clean = (clientId: string) => gateway.rest(`${node}/sessions/persistent/${clientId}`, { method: 'DELETE' });
    const isThere = profile === '3.2';

    if (!isThere) {
      test('is not there yet', async () => {
        const { status, text } = await clean('away-1');
        expect({ status, text }).toEqual(NOT_FOUND);
      });
      return;
    }

    test('ends the session of a client that is away: nothing of it comes back', async () => {
      const options = { clientId: 'cleaned-1', clean: false };
      const client = await gateway.connect(options);
      await client.subscribeAsync('plant/3/#', { qos: 1 });
      await leave(gateway, client);
      await publish('plant/3/old', 1);

      const { status, json } = await clean('cleaned-1');
      expect({ status, json }).toEqual({ status: 200, json: { code: 0 } });
      expect((await gateway.rest('/sessions/cleaned-1')).json).toEqual({ code: 0, data: [] });

      const again = await gateway.connect(options);
      const inbox = inboxOf(again);
      expect((await gateway.rest('/subscriptions/cleaned-1')).json).toEqual({ code: 0, data: [] });
      await again.subscribeAsync('plant/3/new', { qos: 1 });
      await publish('plant/3/new', 1);
      expect(await inbox.take(1)).toEqual([{ topic: 'plant/3/new', payload: 'x', qos: 1, retain: false }]);
      await leave(gateway, again);
      expect((await clean('cleaned-1')).json).toEqual({ code: 0 });
    });

    test('refuses a session in use, and leaves it', async () => {
      const { status, json } = await clean('busy-1');
      expect({ status, json }).toEqual({ status: 200, json: { message: 'running_session' } });
      expect((await gateway.rest('/sessions/busy-1')).json).toEqual({ code: 0, data: [busy] });
    });

    test('refuses an unknown client', async () => {
      const { status, json } = await clean('ghost');
      expect({ status, json }).toEqual({ status: 200, json: { message: 'not_found' } });
    });
  });

  test('DELETE /nodes/:node/sessions/persistent/:clientid does not know another node', async () => {
    const path = '/nodes/brokerql@10.0.0.9/sessions/persistent/away-1';
    const { status, text } = await gateway.rest(path, { method: 'DELETE' });
    expect({ status, text }).toEqual(NOT_FOUND);
    expect((await gateway.rest('/sessions/away-1')).json).toEqual(spelled(profile, [away], { code: 0, data: [away] }));
  });
});
