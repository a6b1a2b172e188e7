import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { PROFILES, refused } from './support/profiles.ts';
import { unchanged } from './support/state.ts';

const PAGE = '_page must be an integer from 1 to 2147483647';
const LIMIT = '_limit must be an integer from 1 to 2147483647';

describe.each(PROFILES)('parameters in %s', (profile) => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway('', { BROKERQL_REST_PROFILE: profile });
    for (const clientId of ['one', 'two', 'three']) {
      const client = await gateway.connect({ clientId });
      await client.subscribeAsync(`topic/of/${clientId}`);
    }
  });

  afterAll(() => gateway.close());

  const lists = [
    '/connections/',
    '/sessions/',
    '/subscriptions/',
    '/routes/',
    `/nodes/${NODE}/connections/`,
    `/nodes/${NODE}/sessions/`,
    `/nodes/${NODE}/subscriptions/`,
  ];

  test.each([
    ['_page=abc', `${PAGE}, not 'abc'`],
    ['_page=0', `${PAGE}, not '0'`],
    ['_page=-1', `${PAGE}, not '-1'`],
    ['_page=1.5', `${PAGE}, not '1.5'`],
    ['_page=1e3', `${PAGE}, not '1e3'`],
    ['_page=0x1', `${PAGE}, not '0x1'`],
    ['_page=+1', `${PAGE}, not ' 1'`],
    ['_page=%D9%A1', `${PAGE}, not '١'`],
    ['_page=', `${PAGE}, not ''`],
    ['_page', `${PAGE}, not true`],
    ['_page=2147483648', `${PAGE}, not '2147483648'`],
    ['_page=99999999999999999999', `${PAGE}, not '99999999999999999999'`],
    ['_limit=abc', `${LIMIT}, not 'abc'`],
    ['_limit=-1', `${LIMIT}, not '-1'`],
    ['_limit=0', `${LIMIT}, not '0'`],
    ['_limit=1.5', `${LIMIT}, not '1.5'`],
    ['_limit', `${LIMIT}, not true`],
    ['_limit=2147483648', `${LIMIT}, not '2147483648'`],
    ['_limit=Infinity', `${LIMIT}, not 'Infinity'`],
    ['_page=x&_page=1', `${PAGE}, not 'x'`],
  ])('every paged list refuses ?%s with a sentence', async (query, sentence) => {
    for (const path of lists) {
      const { status, json } = await gateway.rest(`${path}?${query}`);
      expect(json).toEqual(refused(profile, sentence));
      expect(status).toBe(400);
    }
  });

  test.each([
    ['_page=1&_page=x&_limit=2&_limit=0', 1, 2, 2],
    ['_limit=2&_page=2', 2, 2, 1],
    ['_page=%31&%5Flimit=1', 1, 1, 1],
    ['&_page=2&&_limit=1&', 2, 1, 1],
    ['unknown=1&unknown=2&_limit=2147483647', 1, 2147483647, 3],
    ['_page=2147483647&_limit=2147483647', 2147483647, 2147483647, 0],
    ['', 1, 10000, 3],
  ])('every paged list answers ?%s with page %i of %i', async (query, page, limit, rows) => {
    for (const path of lists) {
      const { status, json } = await gateway.rest(`${path}?${query}`);
      expect(status).toBe(200);
      const { items, data, meta } = json as { items?: unknown[]; data?: unknown[]; meta: unknown };
      expect(meta).toEqual({ page, limit, count: 3 });
      expect(profile === '3.0-beta' ? items : data).toHaveLength(rows);
    }
  });

  test.each(['%zz=1', 'a=%zz', '_page=%', '_page=1&b=%f', 'a=%ff', '=1', '_page=1&=', '%'])(
    'a query ?%s is malformed',
    async (query) => {
      for (const path of ['/connections/', '/nodes/', '/connections/one']) {
        const { status, headers, text } = await gateway.rest(`${path}?${query}`);
        expect(status).toBe(400);
        expect(headers.get('content-type')).toBe('text/plain');
        expect(text).toBe('Bad Request');
      }
    },
  );

  test('a malformed query publishes nothing', async () => {
    const { status, text } = await unchanged(gateway, () =>
      gateway.rest('/mqtt/publish?a=%zz', { method: 'POST', body: { topic: 'topic/of/one' } }),
    );
    expect([status, text]).toEqual([400, 'Bad Request']);
  });

  test('the query goes before the body, the first of repeated names before the others', async () => {
    const body = { topic: 'unheard', qos: 'x', payload: 5 };
    const { status, json } = await gateway.rest('/mqtt/publish?topic=first&topic=%23&qos=1&qos=9&payload=p', {
      method: 'POST',
      body,
    });
    expect(status).toBe(200);
    expect(json).toEqual({ code: 0 });
  });

  test('a name without = is true, which is no topic', async () => {
    const { status, json } = await unchanged(gateway, () =>
      gateway.rest('/mqtt/publish?topic', { method: 'POST', body: { topic: 'a' } }),
    );
    expect(status).toBe(400);
    expect(json).toEqual(refused(profile, 'topic must be a string, not true'));
  });

  test('lists that are not paged ignore _page and _limit', async () => {
    for (const path of ['/nodes/', '/brokers/', '/listeners/', '/metrics/', '/stats/', '/connections/one']) {
      const { status } = await gateway.rest(`${path}?_page=abc&_limit=-1`);
      expect(status).toBe(200);
    }
  });
});
