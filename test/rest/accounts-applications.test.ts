import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { APP, basic, type TestGateway } from '../support/gateway.ts';
import { addViewer, onDashboard } from './support/dashboard.ts';
import { done, forbidden, PROFILES, refusedInput, spelled, startProfile } from './support/profiles.ts';

const NEXT_CENTURY = 4_102_444_800;

describe.each(PROFILES)('applications in the spelling of %s', (profile) => {
  let gateway: TestGateway;
  const call = (method: string, path: string, body?: unknown) => onDashboard(gateway, method, path, body);
  const data = (value: unknown) => ({ status: 200, json: spelled(profile, value, { code: 0, data: value }) });
  const refused = (message: string) =>
    spelled(profile, { status: 500, json: { message } }, { status: 200, json: { code: 102, message } });

  /** What the management port answers to an application. */
  const knock = async (id: string, secret: string) => {
    const { status, text } = await gateway.rest('/routes/elsewhere', { headers: { authorization: basic(id, secret) } });
    return { status, text };
  };
  const welcome = { status: 200, text: profile === '3.0-beta' ? '[]' : '{"code":0,"data":[]}' };
  const unauthorized = { status: 401, text: 'UNAUTHORIZED' };

  beforeAll(async () => {
    gateway = await startProfile(profile);
  });

  afterAll(() => gateway.close());

  describe('GET /apps/', () => {
    test('lists them in the order of their creation, without secrets', async () => {
      const body = {
        app_id: 'backend-1',
        name: 'Backend',
        secret: 'known to its owner',
        desc: 'batch jobs',
        status: false,
        expired: 1_893_456_000,
      };
      expect(await call('POST', '/apps/', body)).toEqual(data({ secret: 'known to its owner' }));
      expect(await call('GET', '/apps/')).toEqual(
        data([
          { app_id: APP.id, name: APP.id, desc: 'undefined', status: true, expired: 'undefined' },
          { app_id: 'backend-1', name: 'Backend', desc: 'batch jobs', status: false, expired: 1_893_456_000 },
        ]),
      );
      expect(await call('DELETE', '/apps/backend-1')).toEqual(done(profile));
    });
  });

  describe('GET /apps/:appid', () => {
    test('answers the application with the secret that nobody knows any more', async () => {
      const app = { app_id: 'shown-1', name: 'Shown', desc: 'once', status: true, expired: 0 };
      await call('POST', '/apps/', { ...app, secret: 'shown once' });
      expect(await call('GET', '/apps/shown-1')).toEqual(data({ ...app, secret: 'undefined' }));
    });

    test('answers an empty list when it is unknown', async () => {
      expect(await call('GET', '/apps/ghost')).toEqual(data([]));
    });

    test('takes the id as it stands in the path', async () => {
      await call('POST', '/apps/', { app_id: 'a b', name: 'a space' });
      expect(await call('GET', '/apps/a%20b')).toEqual(data([]));
      await call('POST', '/apps/', { app_id: 'a%20b', name: 'a per cent sign' });
      const found = { app_id: 'a%20b', name: 'a per cent sign', desc: 'undefined', status: true, expired: 'undefined' };
      expect(await call('GET', '/apps/a%20b')).toEqual(data({ ...found, secret: 'undefined' }));
      expect(await call('DELETE', '/apps/a%20b')).toEqual(done(profile));
      expect(await call('GET', '/apps/a%20b')).toEqual(data([]));
    });

    test.each(['__proto__', 'constructor', 'toString'])('finds %s when there is one, and only then', async (id) => {
      expect(await call('GET', `/apps/${id}`)).toEqual(data([]));
      expect(await call('POST', '/apps/', { app_id: id, name: id, secret: 'x' })).toEqual(data({ secret: 'x' }));
      const found = { app_id: id, name: id, desc: 'undefined', status: true, expired: 'undefined' };
      expect(await call('GET', `/apps/${id}`)).toEqual(data({ ...found, secret: 'undefined' }));
      expect(await call('DELETE', `/apps/${id}`)).toEqual(done(profile));
      expect(await call('GET', `/apps/${id}`)).toEqual(data([]));
    });
  });

  describe('POST /apps/', () => {
    const made = data({ secret: expect.stringMatching(/^\S{16,}$/) });
    const secretOf = ({ json }: { json: unknown }): string => {
      const answer = json as { secret?: string; data?: { secret: string } };
      return answer.secret ?? answer.data?.secret ?? '';
    };

    test.each([
      ['none', undefined],
      ['an empty one', ''],
    ])('makes a secret where %s is given, and it opens the management port', async (title, secret) => {
      const id = title.replaceAll(' ', '-');
      const answer = await call('POST', '/apps/', { app_id: id, name: id, secret });
      expect(answer).toEqual(made);
      expect(await knock(id, secretOf(answer))).toEqual(welcome);
    });

    test('takes its fields from the query as well', async () => {
      const query = 'app_id=asked&name=By+query&secret=s%26s&status=true&expired=4102444800';
      expect(await call('POST', `/apps/?${query}`)).toEqual(data({ secret: 's&s' }));
      const found = { app_id: 'asked', name: 'By query', desc: 'undefined', status: true, expired: NEXT_CENTURY };
      expect(await call('GET', '/apps/asked')).toEqual(data({ ...found, secret: 'undefined' }));
      expect(await knock('asked', 's&s')).toEqual(welcome);
    });

    test('refuses an id that is taken, and leaves the secret of its owner', async () => {
      const body = { app_id: APP.id, name: 'usurper', secret: 'another' };
      expect(await call('POST', '/apps/', body)).toEqual(refused('alread_existed'));
      expect(await knock(APP.id, APP.secret)).toEqual(welcome);
    });

    const badId = "id must be 1 to 64 bytes without ':', '/' and invisible characters, and not dots alone, not";
    test.each([
      ['no id', { name: 'x' }, `${badId} ''`],
      ['an id with a colon', { app_id: 'a:b', name: 'x' }, `${badId} 'a:b'`],
      ['an id that is a number', { app_id: 17, name: 'x' }, 'app_id must be a string, not 17'],
      ['a secret that is a number', { app_id: 'x', secret: 12_345 }, 'secret must be a string'],
      ['a status in other words', { app_id: 'x', status: 'on' }, "status must be true or false, not 'on'"],
      [
        'an expiry with a fraction',
        { app_id: 'x', expired: 1.5 },
        'expired must be an integer from 0 to 253402300799, not 1.5',
      ],
      [
        'an expiry as a date',
        { app_id: 'x', expired: '2030-01-01' },
        "expired must be an integer from 0 to 253402300799, not '2030-01-01'",
      ],
    ])('refuses %s', async (_, body, sentence) => {
      expect(await call('POST', '/apps/', body)).toEqual(refusedInput(profile, sentence));
      expect(await call('GET', '/apps/x')).toEqual(data([]));
    });
  });

  describe('PUT /apps/:appid', () => {
    const given = { name: 'Backend', desc: 'batch jobs', status: true, expired: NEXT_CENTURY };

    test('overwrites what is given', async () => {
      await call('POST', '/apps/', { app_id: 'changed-1', name: 'x', desc: 'y' });
      expect(await call('PUT', '/apps/changed-1', given)).toEqual(done(profile));
      const changed = { app_id: 'changed-1', ...given, secret: 'undefined' };
      expect(await call('GET', '/apps/changed-1')).toEqual(data(changed));
    });

    test('takes away what is omitted, but leaves the status', async () => {
      await call('POST', '/apps/', { app_id: 'emptied-1', ...given, status: false });
      expect(await call('PUT', '/apps/emptied-1', {})).toEqual(done(profile));
      const emptied = {
        app_id: 'emptied-1',
        name: 'emptied-1',
        desc: 'undefined',
        status: false,
        expired: 'undefined',
      };
      expect(await call('GET', '/apps/emptied-1')).toEqual(data({ ...emptied, secret: 'undefined' }));
    });

    test('changes nothing when it is sent what was read', async () => {
      await call('POST', '/apps/', { app_id: 'read-1', name: 'Read', secret: 'still right' });
      const { json } = await call('GET', '/apps/read-1');
      const read = spelled(profile, json, (json as { data: unknown }).data);
      expect(await call('PUT', '/apps/read-1', read)).toEqual(done(profile));
      expect(await call('GET', '/apps/read-1')).toEqual(data(read));
      expect(await knock('read-1', 'still right')).toEqual(welcome);
    });

    test('refuses an id that nobody has', async () => {
      expect(await call('PUT', '/apps/ghost', given)).toEqual(refused('ont_found'));
    });

    test('refuses a malformed field, and changes nothing', async () => {
      await call('POST', '/apps/', { app_id: 'kept-1', ...given });
      const sentence = 'desc must be a string, not 5';
      expect(await call('PUT', '/apps/kept-1', { ...given, status: false, desc: 5 })).toEqual(
        refusedInput(profile, sentence),
      );
      expect(await call('GET', '/apps/kept-1')).toEqual(data({ app_id: 'kept-1', ...given, secret: 'undefined' }));
    });
  });

  describe('DELETE /apps/:appid', () => {
    test('is done when nobody has the id', async () => {
      expect(await call('DELETE', '/apps/ghost')).toEqual(done(profile));
    });
  });

  describe('an application', () => {
    test.each([
      ['disabled', 'PUT', { status: false }],
      ['expired', 'PUT', { status: true, expired: 0 }],
      ['deleted', 'DELETE', undefined],
    ])('calls the management port until it is %s', async (verb, method, change) => {
      const id = `${verb}-1`;
      expect(await call('POST', '/apps/', { app_id: id, name: id, secret: 'right' })).toEqual(
        data({ secret: 'right' }),
      );
      expect(await knock(id, 'right')).toEqual(welcome);
      expect(await call(method, `/apps/${id}`, change)).toEqual(done(profile));
      expect(await knock(id, 'right')).toEqual(unauthorized);
    });

    test('calls it again once it is enabled', async () => {
      await call('POST', '/apps/', { app_id: 'back-1', name: 'x', secret: 'right' });
      expect(await knock('back-1', 'right')).toEqual(welcome);
      await call('PUT', '/apps/back-1', { status: false });
      await call('PUT', '/apps/back-1', { status: true, expired: NEXT_CENTURY });
      expect(await knock('back-1', 'right')).toEqual(welcome);
    });
  });

  test('are closed to users who are no admins', async () => {
    const viewer = await addViewer(gateway, 'watcher');
    const as = (method: string, path: string, body?: unknown) => onDashboard(gateway, method, path, body, viewer);
    const lacks = (field: string) => forbidden(profile, `${field} needs the role ADMIN; 'watcher' has the role VIEWER`);
    expect(await as('GET', '/apps/')).toEqual(lacks('applications'));
    expect(await as('GET', `/apps/${APP.id}`)).toEqual(lacks('application'));
    expect(await as('POST', '/apps/', { app_id: 'mine', name: 'mine' })).toEqual(lacks('createApplication'));
    expect(await as('PUT', `/apps/${APP.id}`, { status: false })).toEqual(lacks('updateApplication'));
    expect(await as('DELETE', `/apps/${APP.id}`)).toEqual(lacks('deleteApplication'));
    expect(await call('GET', '/apps/mine')).toEqual(data([]));
    expect(await knock(APP.id, APP.secret)).toEqual(welcome);
  });
});
