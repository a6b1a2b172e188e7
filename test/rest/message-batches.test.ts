import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NODE, type TestGateway } from '../support/gateway.ts';
import { type Inbox, inboxOf } from './support/inbox.ts';
import { startProfile } from './support/profiles.ts';

const ROWS = ['/mqtt/subscribe_batch', '/mqtt/publish_batch', '/mqtt/unsubscribe_batch'];

describe('batches in 3.2', () => {
  let gateway: TestGateway;
  let inbox: Inbox;
  const post = async (path: string, body?: unknown) => {
    const { status, json } = await gateway.rest(path, { method: 'POST', body });
    return { status, json };
  };

  beforeAll(async () => {
    gateway = await startProfile('3.2');
    inbox = inboxOf(await gateway.connect({ clientId: 'sensor-17' }));
  });

  afterAll(() => gateway.close());

  test.each(ROWS)('POST %s answers an empty list for an empty list, and for no body', async (path) => {
    expect(await post(path, [])).toEqual({ status: 200, json: { code: 0, data: [] } });
    expect(await post(path)).toEqual({ status: 200, json: { code: 0, data: [] } });
  });

  test('POST /mqtt/subscribe_batch answers a code for each element, beside its topic as it was sent', async () => {
    const batch = [
      { client_id: 'sensor-17', topic: 'plant/1/cmd', qos: 1 },
      { client_id: 'ghost', topic: 'x' },
      { client_id: 'sensor-17', topics: 'plant/2/cmd,plant/3/#', qos: 2 },
    ];
    expect(await post('/mqtt/subscribe_batch', batch)).toEqual({
      status: 200,
      json: {
        code: 0,
        data: [
          { client_id: 'sensor-17', topic: 'plant/1/cmd', code: 0 },
          { client_id: 'ghost', topic: 'x', code: 112 },
          { client_id: 'sensor-17', topics: 'plant/2/cmd,plant/3/#', code: 0 },
        ],
      },
    });
    expect((await gateway.rest('/subscriptions/')).json).toEqual({
      code: 0,
      data: [
        { client_id: 'sensor-17', topic: 'plant/1/cmd', qos: 1, node: NODE },
        { client_id: 'sensor-17', topic: 'plant/2/cmd', qos: 2, node: NODE },
        { client_id: 'sensor-17', topic: 'plant/3/#', qos: 2, node: NODE },
      ],
      meta: { page: 1, limit: 10_000, count: 3 },
    });
  });

  test('POST /mqtt/publish_batch publishes in order; an element of wildcards alone is refused', async () => {
    const batch = [
      { topic: 'plant/1/cmd', payload: 'a', qos: 2 },
      { topic: 'plant/#', payload: 'b' },
      { topics: 'plant/2/cmd,plant/+,plant/3/x', payload: 'c', qos: 1 },
      { topic: 'elsewhere', payload: 'd' },
    ];
    expect(await post('/mqtt/publish_batch', batch)).toEqual({
      status: 200,
      json: {
        code: 0,
        data: [
          { topic: 'plant/1/cmd', code: 0 },
          { topic: 'plant/#', code: 115 },
          { topics: 'plant/2/cmd,plant/+,plant/3/x', code: 0 },
          { topic: 'elsewhere', code: 0 },
        ],
      },
    });
    expect(await inbox.take(3)).toEqual([
      { topic: 'plant/1/cmd', payload: 'a', qos: 1, retain: false },
      { topic: 'plant/2/cmd', payload: 'c', qos: 1, retain: false },
      { topic: 'plant/3/x', payload: 'c', qos: 1, retain: false },
    ]);
  });

  test('POST /mqtt/unsubscribe_batch answers a code for each element', async () => {
    const batch = [
      { client_id: 'sensor-17', topic: 'plant/1/cmd' },
      { client_id: 'ghost', topic: 'plant/1/cmd' },
      { client_id: 'sensor-17', topic: 'never/had' },
      { client_id: 'sensor-17', topic: 'plant/3/#' },
    ];
    expect(await post('/mqtt/unsubscribe_batch', batch)).toEqual({
      status: 200,
      json: {
        code: 0,
        data: [
          { client_id: 'sensor-17', topic: 'plant/1/cmd', code: 0 },
          { client_id: 'ghost', topic: 'plant/1/cmd', code: 112 },
          { client_id: 'sensor-17', topic: 'never/had', code: 0 },
          { client_id: 'sensor-17', topic: 'plant/3/#', code: 0 },
        ],
      },
    });
    expect((await gateway.rest('/subscriptions/sensor-17')).json).toEqual({
      code: 0,
      data: [{ client_id: 'sensor-17', topic: 'plant/2/cmd', qos: 2, node: NODE }],
    });
    await post('/mqtt/publish', { topic: 'plant/1/cmd,plant/3/x,plant/2/cmd', payload: 'e' });
    expect(await inbox.take(1)).toEqual([{ topic: 'plant/2/cmd', payload: 'e', qos: 0, retain: false }]);
  });
});
