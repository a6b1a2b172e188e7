import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NODE, type TestGateway } from '../support/gateway.ts';
import { PROFILES, type ProfileName, startProfile } from './support/profiles.ts';
import { rawRequest } from './support/raw-request.ts';

const CLIENTS = ['sensor-3', 'sensor-1', 'sensor-5', 'sensor-2', 'sensor-4'];
const TOPICS = CLIENTS.map((clientId) => `of/${clientId}`);

interface Row {
  readonly client_id?: string;
  readonly topic?: string;
}

/** Who or what is on a page, and its meta, out of the envelope of the release. */
function readPage(profile: ProfileName, text: string, field: 'client_id' | 'topic') {
  const { items, data, meta, code } = JSON.parse(text) as Record<'items' | 'data', readonly Row[]> & {
    readonly meta: unknown;
    readonly code?: number;
  };
  if (profile !== '3.0-beta' && code !== 0) throw new Error(text);
  return { rows: (profile === '3.0-beta' ? items : data).map((row) => row[field]), meta };
}

describe.each(PROFILES)('pages in the spelling of %s', (profile) => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startProfile(profile);
    for (const clientId of CLIENTS) {
      const client = await gateway.connect({ clientId });
      await client.subscribeAsync(`of/${clientId}`, { qos: 0 });
    }
  });

  afterAll(() => gateway.close());

  describe.each([
    ['/connections/', 'client_id', CLIENTS],
    [`/nodes/${NODE}/connections/`, 'client_id', CLIENTS],
    ['/sessions/', 'client_id', CLIENTS],
    [`/nodes/${NODE}/sessions/`, 'client_id', CLIENTS],
    ['/subscriptions/', 'topic', TOPICS],
    [`/nodes/${NODE}/subscriptions/`, 'topic', TOPICS],
    ['/routes/', 'topic', TOPICS],
  ] as const)('GET %s', (path, field, rows) => {
    test.each([
      ['', rows, { page: 1, limit: 10_000, count: 5 }],
      ['?_limit=2', rows.slice(0, 2), { page: 1, limit: 2, count: 5 }],
      ['?_page=1&_limit=2', rows.slice(0, 2), { page: 1, limit: 2, count: 5 }],
      ['?_page=2&_limit=2', rows.slice(2, 4), { page: 2, limit: 2, count: 5 }],
      ['?_page=3&_limit=2', rows.slice(4), { page: 3, limit: 2, count: 5 }],
      ['?_page=4&_limit=2', [], { page: 4, limit: 2, count: 5 }],
      ['?_page=2', [], { page: 2, limit: 10_000, count: 5 }],
      ['?_limit=20000', rows, { page: 1, limit: 20_000, count: 5 }],
      ['?_limit=5', rows, { page: 1, limit: 5, count: 5 }],
      ['?_=123&_limit=1', rows.slice(0, 1), { page: 1, limit: 1, count: 5 }],
      ['?_page=2&_page=1&_limit=2', rows.slice(2, 4), { page: 2, limit: 2, count: 5 }],
    ])('answers the page of %s, in the order in which they came', async (query, expected, meta) => {
      const { status, text } = await gateway.rest(`${path}${query}`);
      expect(status).toBe(200);
      expect(readPage(profile, text, field)).toEqual({ rows: expected, meta });
    });

    test('takes the page from a body, and from the query before it', async () => {
      const fromBody = await rawRequest(gateway, 'GET', path, '{"_page":"2","_limit":"2"}');
      expect(readPage(profile, fromBody.text, field)).toEqual({
        rows: rows.slice(2, 4),
        meta: { page: 2, limit: 2, count: 5 },
      });
      const fromBoth = await rawRequest(gateway, 'GET', `${path}?_page=3`, '{"_page":"2","_limit":"2"}');
      expect(readPage(profile, fromBoth.text, field)).toEqual({
        rows: rows.slice(4),
        meta: { page: 3, limit: 2, count: 5 },
      });
    });
  });

  test('a row keeps its place when the one before it leaves and comes back', async () => {
    await gateway.rest('/connections/sensor-1', { method: 'DELETE' });
    const { text } = await gateway.rest('/connections/?_limit=3');
    expect(readPage(profile, text, 'client_id')).toEqual({
      rows: ['sensor-3', 'sensor-5', 'sensor-2'],
      meta: { page: 1, limit: 3, count: 4 },
    });
    await gateway.connect({ clientId: 'sensor-1' });
    const all = await gateway.rest('/connections/');
    expect(readPage(profile, all.text, 'client_id')).toEqual({
      rows: ['sensor-3', 'sensor-5', 'sensor-2', 'sensor-4', 'sensor-1'],
      meta: { page: 1, limit: 10_000, count: 5 },
    });
  });
});
