import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { inboxOf } from './support/inbox.ts';
import { PROFILES, spelled, startProfile } from './support/profiles.ts';

const MOST_TOPICS = 10_000;
const MEGABYTE = 1024 * 1024;
const topics = (count: number): string => Array.from({ length: count }, (_, i) => `t/${i}`).join(',');

describe.each(PROFILES)('what one request may publish, in the spelling of %s', (profile) => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startProfile(profile);
  });

  afterAll(() => gateway.close());

  const post = async (path: string, body: unknown): Promise<unknown> => {
    const { status, json } = await gateway.rest(path, { method: 'POST', body });
    return { status, json };
  };
  const refused = (message: string) => ({ status: 400, json: spelled(profile, { message }, { code: 108, message }) });
  const tooMany = (count: number) => refused(`the request names ${count} topics; the limit is 10000`);
  const received = async (): Promise<number | undefined> =>
    (await gateway.gateway.domain.metrics(null))[0]?.messagesDropped;

  test.each(['topic', 'topics'])('is to 10 000 topics, in %s', async (key) => {
    const before = (await received())!;
    expect(await post('/mqtt/publish', { [key]: topics(MOST_TOPICS + 1), payload: 'x' })).toEqual(tooMany(10_001));
    expect(await post('/mqtt/publish', { [key]: ','.repeat(MOST_TOPICS) })).toEqual(tooMany(10_001));
    expect(await received()).toBe(before);
    const accepted = { status: 200, json: { code: 0 } };
    expect(await post('/mqtt/publish', { [key]: topics(MOST_TOPICS), payload: 'x' })).toEqual(accepted);
    expect(await received()).toBe(before + MOST_TOPICS);
  });

  test('are texts without halves of surrogate pairs', async () => {
    const rule = 'text without halves of surrogate pairs';
    for (const half of ['\ud83d', '\ude00', 'a\ude00\ud83db']) {
      const shown = JSON.stringify(half).slice(1, -1);
      expect(await post('/mqtt/publish', { topic: 'half', payload: half })).toEqual(
        refused(`payload must be ${rule}, not '${shown}'`),
      );
      expect(await post('/mqtt/publish', { topic: 'half', client_id: half })).toEqual(
        refused(`clientId must be ${rule}, not '${shown}'`),
      );
    }
  });

  test('may be pairs of surrogates', async () => {
    const client = await gateway.connect({ clientId: 'whole' });
    const inbox = inboxOf(client);
    await client.subscribeAsync('whole');
    await post('/mqtt/publish', { topic: 'whole', payload: '\ud83d\ude00', client_id: '\ud83d\ude00' });
    expect(await inbox.take(1)).toMatchObject([{ payload: '😀' }]);
  });
});

describe('a batch', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startProfile('3.2');
  });

  afterAll(() => gateway.close());

  const batch = async (elements: readonly unknown[]): Promise<unknown> =>
    (await gateway.rest('/mqtt/publish_batch', { method: 'POST', body: elements })).json;
  const tooMany = (count: number) => ({
    code: 108,
    message: `the request names ${count} topics; the limit is 10000`,
  });

  test('names at most 10 000 topics, all elements together', async () => {
    expect(await batch(Array.from({ length: MOST_TOPICS + 1 }, () => ({ topic: 'a' })))).toEqual(tooMany(10_001));
    expect(await batch(Array.from({ length: 3 }, () => ({ topics: topics(4000) })))).toEqual(tooMany(12_000));
    expect(await batch([{ topics: topics(MOST_TOPICS - 1) }, { topic: 'a' }])).toMatchObject({ code: 0 });
  });

  test('is refused as a whole for half of a surrogate pair', async () => {
    expect(await batch([{ topic: 'a' }, { topic: 'b', payload: '\ud83d' }])).toMatchObject({ code: 108 });
  });
});

describe('a large payload to many topics', () => {
  let gateway: TestGateway;

  beforeEach(async () => {
    gateway = await startGateway('', { BROKERQL_REST_PROFILE: '3.2' });
  });

  afterEach(() => gateway.close());

  const payload = 'x'.repeat(MEGABYTE);

  test.each([
    ['/mqtt/publish', { topics: topics(5000), payload }],
    ['/mqtt/publish', { topics: topics(5000), payload, qos: 1 }],
    [
      '/mqtt/publish_batch',
      Array.from({ length: 5 }, (_, i) => ({ topics: topics(1000), payload: `${i}${payload.slice(1)}` })),
    ],
  ])('is kept once, posted to %s', async (path, body) => {
    const before = process.memoryUsage().rss;
    const { status, json } = await gateway.rest(path, { method: 'POST', body });
    expect(status).toBe(200);
    expect(json).toMatchObject({ code: 0 });
    expect((process.memoryUsage().rss - before) / MEGABYTE).toBeLessThan(300);
  });
});
