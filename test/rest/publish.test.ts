import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestGateway } from '../support/gateway.ts';
import { type Inbox, inboxOf } from './support/inbox.ts';
import { NOT_FOUND, PROFILES, spelled, startProfile } from './support/profiles.ts';

describe.each(PROFILES)('POST /mqtt/publish in the spelling of %s', (profile) => {
  let gateway: TestGateway;
  let inbox: Inbox;
  const publish = (body: unknown, query = '') => gateway.rest(`/mqtt/publish${query}`, { method: 'POST', body });
  const accepted = { status: 200, json: { code: 0 } };

  beforeAll(async () => {
    gateway = await startProfile(profile);
    const subscriber = await gateway.connect({ clientId: 'subscriber' });
    inbox = inboxOf(subscriber);
    await subscriber.subscribeAsync('plant/#', { qos: 2 });
  });

  afterAll(() => gateway.close());

  test.each([0, 1, 2])('delivers a payload with QoS %i', async (qos) => {
    const { status, json } = await publish({ topic: 'plant/1', payload: 'Grüße 😀', qos, client_id: 'http' });
    expect({ status, json }).toEqual(accepted);
    expect(await inbox.take(1)).toEqual([{ topic: 'plant/1', payload: 'Grüße 😀', qos, retain: false }]);
  });

  test('publishes an empty payload with QoS 0 when only a topic is given', async () => {
    const { status, json } = await publish({ topic: 'plant/1' });
    expect({ status, json }).toEqual(accepted);
    expect(await inbox.take(1)).toEqual([{ topic: 'plant/1', payload: '', qos: 0, retain: false }]);
  });

  test('publishes to each topic of a list', async () => {
    const { status, json } = await publish({ topics: 'plant/1,plant/2,plant/3', payload: 'x', qos: 1 });
    expect({ status, json }).toEqual(accepted);
    expect(await inbox.take(3)).toEqual([
      { topic: 'plant/1', payload: 'x', qos: 1, retain: false },
      { topic: 'plant/2', payload: 'x', qos: 1, retain: false },
      { topic: 'plant/3', payload: 'x', qos: 1, retain: false },
    ]);
  });

  test('prefers topic to topics', async () => {
    const { status, json } = await publish({ topic: 'plant/1', topics: 'plant/2', payload: 'x' });
    expect({ status, json }).toEqual(accepted);
    await publish({ topic: 'plant/end' });
    expect((await inbox.take(2)).map(({ topic }) => topic)).toEqual(['plant/1', 'plant/end']);
  });

  test('skips wildcards in a list', async () => {
    const { status, json } = await publish({ topic: 'plant/+,plant/2,plant/#', payload: 'x' });
    expect({ status, json }).toEqual(accepted);
    await publish({ topic: 'plant/end' });
    expect((await inbox.take(2)).map(({ topic }) => topic)).toEqual(['plant/2', 'plant/end']);
  });

  test.each(['plant/#', '+/1,plant/#'])('refuses %s, where nothing but wildcards is given', async (topic) => {
    const { status, json } = await publish({ topic, payload: 'x' });
    expect(status).toBe(200);
    expect(json).toEqual(spelled(profile, { code: 115 }, { code: 115, message: 'bad_topic' }));
    await publish({ topic: 'plant/end' });
    expect((await inbox.take(1)).map((message) => message.topic)).toEqual(['plant/end']);
  });

  test('takes parameters from the query before those of the body', async () => {
    const { status, json } = await publish({ topic: 'plant/2', payload: 'x' }, '?topic=plant%2F1&qos=1');
    expect({ status, json }).toEqual(accepted);
    expect(await inbox.take(1)).toEqual([{ topic: 'plant/1', payload: 'x', qos: 1, retain: false }]);
  });

  test('is accepted when nobody subscribes', async () => {
    const { status, json } = await publish({ topic: 'elsewhere', payload: 'x', qos: 2 });
    expect({ status, json }).toEqual(accepted);
  });

  test('retains for retain true, and forgets for an empty payload', async () => {
    const { status, json } = await publish({ topic: 'kept/1', payload: 'later', qos: 1, retain: true });
    expect({ status, json }).toEqual(accepted);
    const late = await gateway.connect({ clientId: 'late-1' });
    const seen = inboxOf(late);
    await late.subscribeAsync('kept/1', { qos: 1 });
    expect(await seen.take(1)).toEqual([{ topic: 'kept/1', payload: 'later', qos: 1, retain: true }]);

    await publish({ topic: 'kept/1', payload: '', qos: 1, retain: true });
    expect(await seen.take(1)).toEqual([{ topic: 'kept/1', payload: '', qos: 1, retain: false }]);
    await late.unsubscribeAsync('kept/1');
    await late.subscribeAsync('kept/1', { qos: 1 });
    await publish({ topic: 'kept/1', payload: 'now' });
    expect(await seen.take(1)).toEqual([{ topic: 'kept/1', payload: 'now', qos: 0, retain: false }]);
  });

  test.each(['true', 'false', 1])('does not retain for retain %j', async (retain) => {
    const { status, json } = await publish({ topic: 'fleeting/1', payload: 'x', retain });
    expect({ status, json }).toEqual(accepted);
    const late = await gateway.connect({ clientId: 'late-2' });
    const seen = inboxOf(late);
    await late.subscribeAsync('fleeting/1', { qos: 1 });
    await publish({ topic: 'fleeting/1', payload: 'now' });
    expect(await seen.take(1)).toEqual([{ topic: 'fleeting/1', payload: 'now', qos: 0, retain: false }]);
  });

  const isThere = profile === '3.2';
  test.each(['publish', 'subscribe', 'unsubscribe'])(
    `a batch to %s is ${isThere ? 'there' : 'not there yet'}`,
    async (verb) => {
      const { status, text } = await gateway.rest(`/mqtt/${verb}_batch`, { method: 'POST', body: [] });
      expect({ status, text }).toEqual(isThere ? { status: 200, text: '{"code":0,"data":[]}' } : NOT_FOUND);
    },
  );
});
