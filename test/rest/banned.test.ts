import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { rawRequest } from '../bad-input/support/raw-http.ts';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { done, PROFILES, type ProfileName, refusedInput, spelled } from './support/profiles.ts';

const LATER = 4_000_000_000;
const FIELDS = { reason: 'flooding', by: 'operator', desc: 'temporary' };

/** The contract's own refusals of bans. */
const refusedBan = (profile: ProfileName, number: number, message: string): unknown =>
  profile === '3.0-beta'
    ? { status: 422, json: { message, errorCode: number } }
    : { status: 200, json: { code: number, message } };

const AS = "value of 'as' must be one of: ['client_id', 'username', 'ip_address']";

describe.each(PROFILES)('in %s', (profile) => {
  let gateway: TestGateway;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
    await start();
  });

  afterAll(async () => {
    await gateway.close();
    rmSync(folder, { recursive: true, force: true });
  });

  afterEach(async () => {
    const { domain } = gateway.gateway;
    await domain.deleteBans({ whoContains: '' });
    await domain.kickMany({ filter: { clientIdPrefix: '' } });
  });

  async function start(): Promise<void> {
    gateway = await startGateway('', { BROKERQL_REST_PROFILE: profile }, folder);
  }

  const ask = async (method: string, path: string, body?: unknown) => {
    const { status, json } = await gateway.rest(path, { method, ...(body === undefined ? {} : { body }) });
    return { status, json };
  };
  const create = (body: unknown, query = '') => ask('POST', `/banned/${query}`, body);
  const remove = (who: string, query = '', body?: unknown) => ask('DELETE', `/banned/${who}${query}`, body);
  const list = async (query = '') => (await ask('GET', `/banned/${query}`)).json;

  const made = (echo: object): unknown =>
    profile === '3.0-beta' ? { status: 201, json: echo } : { status: 200, json: { code: 0, data: echo } };
  const page = (rows: readonly object[], count = rows.length, limit = 10_000, number = 1): unknown => {
    const meta = { page: number, limit, count };
    return spelled(profile, { items: rows, meta }, { code: 0, data: rows, meta });
  };
  const row = (as: string, who: string, more: object = {}) => ({
    ...{ who, as, reason: 'undefined', by: 'undefined', desc: 'undefined', until: 'undefined' },
    ...more,
  });

  const refusedToConnect = async (options: object): Promise<void> => {
    await expect(gateway.connect(options)).rejects.toMatchObject({ code: 5 });
  };

  describe('POST /banned/', () => {
    test('bans a client, disconnects it, and answers what it was told; DELETE lets it in again', async () => {
      const client = await gateway.connect({ clientId: 'sensor-17' });
      const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
      const body = { who: 'sensor-17', as: 'client_id', ...FIELDS, until: LATER };
      expect(await create(body)).toEqual(made(body));
      await closed;
      await refusedToConnect({ clientId: 'sensor-17' });
      expect(await list()).toEqual(page([body]));

      await gateway.close();
      await start();
      await refusedToConnect({ clientId: 'sensor-17' });
      expect(await list()).toEqual(page([body]));

      expect(await remove('sensor-17', '?as=client_id')).toEqual(done(profile));
      expect(await list()).toEqual(page([]));
      await gateway.connect({ clientId: 'sensor-17' });
    });

    test('bans a user name', async () => {
      const client = await gateway.connect({ clientId: 'a', username: 'eve' });
      const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
      expect(await create({ who: 'eve', as: 'username' })).toEqual(made({ who: 'eve', as: 'username' }));
      await closed;
      await refusedToConnect({ clientId: 'b', username: 'eve' });
      await gateway.connect({ clientId: 'a', username: 'bob' });
      expect(await list()).toEqual(page([row('username', 'eve')]));
    });

    test('bans an address and a range, which the list shows in their one spelling', async () => {
      for (const who of ['::ffff:192.0.2.1', '10.1.2.3/8', '2001:DB8:0::/32']) {
        expect(await create({ who, as: 'ip_address' })).toEqual(made({ who, as: 'ip_address' }));
      }
      const listed = ['192.0.2.1', '10.0.0.0/8', '2001:db8::/32'].map((who) => row('ip_address', who));
      expect(await list()).toEqual(page(listed));
      for (const who of ['192.0.2.1', '10.9.9.9%2F8', '2001:db8::%2F32']) {
        expect(await remove(who, '?as=ip_address')).toEqual(done(profile));
      }
      expect(await list()).toEqual(page([]));
    });

    test('echoes every parameter, unknown ones and those of the query too; the query wins', async () => {
      const body = { who: 'b', as: 'username', extra: { deep: [1, null] }, desc: 'd' };
      const query = '?who=a&until=4000000000&flag&__proto__=x&desc=first&desc=second';
      const { status, json } = await gateway.rest(`/banned/${query}`, { method: 'POST', body });
      const echo = spelled(profile, json, (json as { data?: unknown }).data);
      expect(status).toBe(profile === '3.0-beta' ? 201 : 200);
      expect(JSON.parse(JSON.stringify(echo), (key, value) => (key === '__proto__' ? undefined : value))).toEqual({
        ...{ who: 'a', as: 'username', until: '4000000000', flag: true, desc: 'first' },
        extra: { deep: [1, null] },
      });
      expect(JSON.stringify(echo)).toContain('"__proto__":"x"');
      expect(await list()).toEqual(page([row('username', 'a', { desc: 'first', until: LATER })]));
    });

    test('replaces a ban of the same who and as', async () => {
      await create({ who: 'a', as: 'client_id', reason: 'one', until: LATER });
      await create({ who: 'a', as: 'username' });
      await create({ who: 'a', as: 'client_id', by: 'two' });
      expect(await list()).toEqual(page([row('username', 'a'), row('client_id', 'a', { by: 'two' })]));
    });

    test('takes what a list printed', async () => {
      const printed = row('client_id', 'a', { reason: 'x' });
      expect(await create(printed)).toEqual(made(printed));
      expect(await list()).toEqual(page([printed]));
      const query = '{ ban(as: CLIENT_ID, who: "a") { reason by desc until } }';
      expect((await gateway.graphql(query)).data).toEqual({ ban: { reason: 'x', by: null, desc: null, until: null } });
    });

    test.each([
      ['nothing', undefined],
      ['an empty object', {}],
      ['who alone', { who: 'a' }],
      ['as alone', { as: 'client_id' }],
    ])('refuses %s', async (_, body) => {
      expect(await create(body)).toEqual(refusedBan(profile, 107, "missing mandatory params: ['who', 'as']"));
      expect(await list()).toEqual(page([]));
    });

    test.each(['clientid', 'CLIENT_ID', '', 5, null, ['client_id'], '__proto__'])('refuses %j as "as"', async (as) => {
      expect(await create({ who: 'a', as })).toEqual(refusedBan(profile, 108, AS));
      expect(await list()).toEqual(page([]));
    });

    test.each([1000, 0, -1, '1000'])('refuses an end in the past: %j', async (until) => {
      const client = await gateway.connect({ clientId: 'a' });
      const message = `until must be UNIX seconds in the future, not ${until}`;
      expect(await create({ who: 'a', as: 'client_id', until })).toEqual(refusedBan(profile, 108, message));
      expect(await list()).toEqual(page([]));
      await client.publishAsync('x', 'still here', { qos: 1 });
    });

    test.each([
      [
        { who: 'a', as: 'client_id', until: 1.5 },
        'until must be UNIX seconds as an integer up to 253402300799, not 1.5',
      ],
      [{ who: 'a', as: 'client_id', until: '' }, "until must be UNIX seconds as an integer up to 253402300799, not ''"],
      [
        { who: 'a', as: 'client_id', until: null },
        'until must be UNIX seconds as an integer up to 253402300799, not null',
      ],
      [
        { who: 'a', as: 'client_id', until: 1_893_456_000_000 },
        'until must be UNIX seconds as an integer up to 253402300799, not 1893456000000',
      ],
      [
        { who: 'a', as: 'client_id', until: '2030-01-01' },
        "until must be UNIX seconds as an integer up to 253402300799, not '2030-01-01'",
      ],
      [{ who: 5, as: 'client_id' }, 'who must be a string, not 5'],
      [{ who: null, as: 'client_id' }, 'who must be a string, not null'],
      [{ who: '', as: 'client_id' }, "who must be a client id, not ''"],
      [{ who: '', as: 'username' }, "who must be a user name, not ''"],
      [{ who: 'a', as: 'client_id', reason: ['x'] }, 'reason must be a string, not ["x"]'],
      [{ who: 'a', as: 'client_id', by: 5 }, 'by must be a string, not 5'],
      [{ who: 'a', as: 'client_id', desc: {} }, 'desc must be a string, not {}'],
      [{ who: '192.0.2', as: 'ip_address' }, "who must be an IP address or a range as 10.0.0.0/8, not '192.0.2'"],
      [
        { who: '10.0.0.0/33', as: 'ip_address' },
        "who must be an IP address or a range as 10.0.0.0/8, not '10.0.0.0/33'",
      ],
      [{ who: '\ud800', as: 'client_id' }, "who must be text without halves of surrogate pairs, not '\\ud800'"],
      [{ who: '127.0.0.1', as: 'ip_address' }, "'127.0.0.1' cannot be banned: it is your own address, 127.0.0.1"],
      [{ who: '0.0.0.0/0', as: 'ip_address' }, "'0.0.0.0/0' cannot be banned: it is your own address, 127.0.0.1"],
      [[], 'the body must be a JSON object, not []'],
    ])('refuses %j with a sentence', async (body, message) => {
      expect(await create(body)).toEqual(refusedInput(profile, message));
      expect(await list()).toEqual(page([]));
    });

    test('refuses a megabyte, wherever it stands', async () => {
      const megabyte = 'x'.repeat(1_048_576);
      const ban = { who: 'a', as: 'client_id' };
      const limit = (name: string, most: number) => `${name} has 1048576 bytes; the limit is ${most}`;
      for (const [body, message] of [
        [{ ...ban, who: megabyte }, limit('who', 65_535)],
        [{ ...ban, reason: megabyte }, limit('reason', 1024)],
        [{ ...ban, by: megabyte }, limit('by', 1024)],
        [{ ...ban, desc: megabyte }, limit('desc', 1024)],
        [{ ...ban, other: megabyte }, 'unknown parameters have 1048590 characters; the limit is 4096'],
        [{ ...ban, desc: 'ü'.repeat(513) }, 'desc has 1026 bytes; the limit is 1024'],
      ] as const) {
        expect(await create(body)).toEqual(refusedInput(profile, message));
      }
      const deep = `${'['.repeat(500_000)}${']'.repeat(500_000)}`;
      for (const [name, message] of [
        ['by', 'by must be a string, not a value that is nested too deeply'],
        ['other', 'unknown parameters are nested too deeply'],
      ] as const) {
        const body = `{"who":"a","as":"client_id","${name}":${deep}}`;
        expect(await create(body)).toEqual(refusedInput(profile, message));
      }
      expect(await list()).toEqual(page([]));
    });

    test('takes names of 65535 bytes', async () => {
      const who = '/'.repeat(65_535);
      await create({ who, as: 'username' });
      expect(await list()).toEqual(page([row('username', who)]));
      await refusedToConnect({ clientId: 'a', username: who });
    });

    test('answers 400 text for a body that is not JSON', async () => {
      const { status, text } = await gateway.rest('/banned/', { method: 'POST', body: 'who=a&as=client_id' });
      expect({ status, text }).toEqual({ status: 400, text: 'Bad Request' });
    });
  });

  describe('GET /banned/', () => {
    test('is paged, oldest first', async () => {
      for (const who of ['c', 'a', 'b']) await create({ who, as: 'client_id' });
      expect(await list('?_page=1&_limit=2')).toEqual(page([row('client_id', 'c'), row('client_id', 'a')], 3, 2));
      expect(await list('?_page=2&_limit=2')).toEqual(page([row('client_id', 'b')], 3, 2, 2));
      expect(await list('?_page=9&_limit=2')).toEqual(page([], 3, 2, 9));
      expect(await ask('GET', '/banned/?_limit=0')).toEqual(
        refusedInput(profile, "_limit must be an integer from 1 to 2147483647, not '0'"),
      );
    });

    test('has no ban whose time is over', async () => {
      const until = Date.now() + 500;
      const ban = { as: 'CLIENT_ID', who: 'a', reason: null, by: null, desc: null, until } as const;
      await gateway.gateway.domain.createBan(ban, null);
      await eventually(async () => JSON.stringify(await list()) === JSON.stringify(page([])), 'the end of the ban');
      expect(Date.now()).toBeGreaterThanOrEqual(until);
      await gateway.connect({ clientId: 'a' });
    });
  });

  describe('DELETE /banned/:who', () => {
    test.each(['a/b', '__proto__', 'constructor', '100%', 'ü #?+ x', '%2F', '.', '//'])('decodes %j', async (who) => {
      await create({ who, as: 'client_id' });
      await refusedToConnect({ clientId: who });
      // No client of HTTP shall resolve the dot.
      const path = `/api/v3/banned/${encodeURIComponent(who).replaceAll('.', '%2E')}?as=client_id`;
      const { status, text } = await rawRequest(gateway.httpUrl, { method: 'DELETE', path });
      expect({ status, json: JSON.parse(text) }).toEqual(done(profile));
      await gateway.connect({ clientId: who });
    });

    test('takes as in a body; a query wins', async () => {
      await create({ who: 'a', as: 'client_id' });
      await create({ who: 'a', as: 'username' });
      expect(await remove('a', '?as=username', { as: 'client_id' })).toEqual(done(profile));
      expect(await list()).toEqual(page([row('client_id', 'a')]));
      expect(await remove('a', '', { as: 'client_id' })).toEqual(done(profile));
      expect(await list()).toEqual(page([]));
    });

    test.each([
      ['ghost', 'client_id'],
      ['ghost', 'username'],
      ['192.0.2.1', 'ip_address'],
      ['no%20address', 'ip_address'],
    ])('is done when there is no ban: %s as %s', async (who, as) => {
      expect(await remove(who, `?as=${as}`)).toEqual(done(profile));
    });

    test('refuses to guess what it goes by', async () => {
      await create({ who: 'a', as: 'client_id' });
      expect(await remove('a')).toEqual(refusedBan(profile, 107, "missing mandatory params: ['as']"));
      expect(await remove('a', '?as=clientid')).toEqual(refusedBan(profile, 108, AS));
      expect(await list()).toEqual(page([row('client_id', 'a')]));
    });
  });
});
