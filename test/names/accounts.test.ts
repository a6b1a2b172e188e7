import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawRequest } from '../bad-input/support/raw-http.ts';
import { ADMIN, ADMIN_AUTHORIZATION, APP, startGateway, type TestGateway } from '../support/gateway.ts';

const MEGABYTE = 'x'.repeat(1024 * 1024);
const SHOWN = `${'x'.repeat(200)}…`;
const A_NAME = "1 to 64 bytes without ':', '/' and invisible characters, and not dots alone";

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway('', { BROKERQL_REST_PROFILE: '3.2' });
});

afterAll(() => gateway.close());

async function call(method: string, path: string, body: unknown, headers: Record<string, string>) {
  const { status, text } = await rawRequest(gateway.dashboardUrl, {
    ...{ method, path, headers: { authorization: ADMIN_AUTHORIZATION, ...headers } },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status, text, json: text.startsWith('{') ? JSON.parse(text) : null };
}

/** Calls REST on the port of the dashboard. */
const rest = (method: string, path: string, body?: unknown) => call(method, `/api/v3${path}`, body, {});

/** Posts to `/graphql` on the port of the dashboard. */
async function graphql(query: string, variables: Record<string, unknown>) {
  const body = { query, variables };
  return (await call('POST', '/graphql', body, { 'content-type': 'application/json' })).json;
}

/** What was there before stays alone. */
async function expectNothingNew(): Promise<void> {
  expect(await graphql('{ applications { id } users { name } }', {})).toEqual({
    data: { applications: [{ id: APP.id }], users: [{ name: ADMIN.user }] },
  });
}

const done = { status: 200, json: { code: 0 } };

describe.each(['__proto__', 'constructor', 'toString'])('an application and a user called %s', (name) => {
  test('are made, found, listed, changed and deleted over REST', async () => {
    const app = { app_id: name, name, desc: name, secret: name, expired: 'undefined' };
    expect((await rest('GET', `/apps/${name}`)).json).toEqual({ code: 0, data: [] });
    expect((await rest('POST', '/apps/', app)).json).toEqual({ code: 0, data: { secret: name } });
    expect((await rest('GET', `/apps/${name}`)).json).toEqual({
      code: 0,
      data: { ...app, secret: 'undefined', status: true },
    });
    expect(await rest('PUT', `/apps/${name}`, { name, desc: 'changed', status: false })).toMatchObject(done);
    const { data: apps } = (await rest('GET', '/apps/')).json;
    expect(apps.map((row: Record<string, unknown>) => [row.app_id, row.desc, row.status])).toEqual([
      [APP.id, 'undefined', true],
      [name, 'changed', false],
    ]);
    expect(await rest('DELETE', `/apps/${name}`)).toMatchObject(done);

    expect((await rest('DELETE', `/users/${name}`)).json).toEqual({ message: 'Username Not Found' });
    expect(await rest('POST', '/users/', { username: name, password: name, tags: name })).toMatchObject(done);
    expect(await rest('POST', '/auth', { username: name, password: name })).toMatchObject(done);
    expect(await rest('PUT', `/change_pwd/${name}`, { old_pwd: name, new_pwd: 'new' })).toMatchObject(done);
    expect(await rest('PUT', `/users/${name}`, { tags: 'changed' })).toMatchObject(done);
    const { data: users } = (await rest('GET', '/users/')).json;
    expect(users).toEqual([expect.objectContaining({ username: ADMIN.user }), { username: name, tags: 'changed' }]);
    expect(await rest('DELETE', `/users/${name}`)).toMatchObject(done);
    await expectNothingNew();
  });

  test('are made, found, listed, changed and deleted over GraphQL', async () => {
    const find = 'query ($id: ID!) { application(id: $id) { id desc } user(name: $id) { name tags } }';
    expect(await graphql(find, { id: name })).toEqual({ data: { application: null, user: null } });
    const make = `mutation ($id: ID!, $text: String!) {
      createApplication(input: { id: $id, name: $text, desc: $text, secret: $text }) { application { id name } secret }
      createUser(input: { name: $id, password: $text, tags: $text }) { user { name tags } }
    }`;
    expect(await graphql(make, { id: name, text: name })).toEqual({
      data: {
        createApplication: { application: { id: name, name }, secret: name },
        createUser: { user: { name, tags: name } },
      },
    });
    const change = `mutation ($id: ID!, $text: String!) {
      updateApplication(input: { id: $id, desc: "changed" }) { application { id } }
      resetApplicationSecret(input: { id: $id, secret: $text }) { id secret }
      updateUser(input: { name: $id, tags: "changed" }) { user { name } }
      resetPassword(input: { name: $id, password: "new" }) { name }
      signIn(input: { name: $id, password: "new" }) { me { name } }
    }`;
    expect(await graphql(change, { id: name, text: name })).toEqual({
      data: {
        updateApplication: { application: { id: name } },
        resetApplicationSecret: { id: name, secret: name },
        updateUser: { user: { name } },
        resetPassword: { name },
        signIn: { me: { name } },
      },
    });
    expect(await graphql(find, { id: name })).toEqual({
      data: { application: { id: name, desc: 'changed' }, user: { name, tags: 'changed' } },
    });
    const list = `query ($id: String!) {
      applications { id } users { name } signIns { user }
      auditEntries(filter: { what: "updateUser", who: "admin" }, page: { limit: 1 }) { items { target } }
      none: auditEntries(filter: { who: $id, what: $id }) { items { target } }
    }`;
    expect(await graphql(list, { id: name })).toEqual({
      data: {
        applications: [{ id: APP.id }, { id: name }],
        users: [{ name: ADMIN.user }, { name }],
        signIns: [{ user: name }],
        auditEntries: { items: [{ target: name }] },
        none: { items: [] },
      },
    });
    const take = `mutation ($id: ID!) {
      deleteApplication(input: { id: $id }) { id existed }
      deleteUser(input: { name: $id }) { name existed }
    }`;
    const taken = (existed: boolean) => ({
      data: { deleteApplication: { id: name, existed }, deleteUser: { name, existed } },
    });
    expect(await graphql(take, { id: name })).toEqual(taken(true));
    expect(await graphql(take, { id: name })).toEqual(taken(false));
    await expectNothingNew();
  });
});

describe.each([
  ['an empty name', '', ''],
  ['a name of 1 MB', MEGABYTE, SHOWN],
])('%s', (_, name, shown) => {
  const refused = (argument: string, expected: string) => ({
    status: 400,
    json: { code: 108, message: `${argument} must be ${expected}, not '${shown}'` },
  });

  test('makes no application and no user over REST', async () => {
    expect(await rest('POST', '/apps/', { app_id: name, name: 'x' })).toMatchObject(refused('id', A_NAME));
    const user = { username: name, password: 'x' };
    expect(await rest('POST', '/users/', user)).toMatchObject(
      name === '' ? { status: 200, json: { message: 'Username or password undefined' } } : refused('name', A_NAME),
    );
    await expectNothingNew();
  });

  test('is nobody in the path of REST', async () => {
    // An empty segment is none, and a request of 1 MB has too large a head.
    const status = name === '' ? 404 : 431;
    for (const [method, path] of [
      ['PUT', `/apps/${name}`],
      ['DELETE', `/apps/${name}`],
      ['PUT', `/users/${name}`],
      ['DELETE', `/users/${name}`],
      ['PUT', `/change_pwd/${name}`],
    ] as const) {
      expect([method, path.slice(0, 20), (await rest(method, path, {})).status]).toEqual([
        method,
        path.slice(0, 20),
        status,
      ]);
    }
    await expectNothingNew();
  });

  test('makes, finds, changes and deletes nobody over GraphQL', async () => {
    const refusals = {
      'createApplication(input: { id: $id }) { secret }': `id must be ${A_NAME}, not '${shown}'`,
      'createUser(input: { name: $id, password: "x" }) { user { name } }': `name must be ${A_NAME}, not '${shown}'`,
      'updateApplication(input: { id: $id }) { application { id } }': `application '${shown}' is unknown`,
      'resetApplicationSecret(input: { id: $id }) { id }': `application '${shown}' is unknown`,
      'updateUser(input: { name: $id }) { user { name } }': `user '${shown}' is unknown`,
      'resetPassword(input: { name: $id, password: "x" }) { name }': `user '${shown}' is unknown`,
      'revokeSignIn(input: { id: $id }) { id }': `sign-in '${shown}' is unknown`,
    };
    for (const [field, message] of Object.entries(refusals)) {
      const { errors } = await graphql(`mutation ($id: ID!) { ${field} }`, { id: name });
      expect(errors.map((error: { message: string }) => error.message)).toEqual([message]);
    }
    const find = `query ($id: ID!, $text: String!) {
      application(id: $id) { id } user(name: $id) { name } auditEntries(filter: { who: $text, what: $text }) { items { id } }
    }`;
    expect(await graphql(find, { id: name, text: name })).toEqual({
      data: { application: null, user: null, auditEntries: { items: [] } },
    });
    const take = `mutation ($id: ID!) {
      deleteApplication(input: { id: $id }) { existed }
      deleteUser(input: { name: $id }) { existed }
    }`;
    expect(await graphql(take, { id: name })).toEqual({
      data: { deleteApplication: { existed: false }, deleteUser: { existed: false } },
    });
    await expectNothingNew();
  });
});

describe('1 MB of text', () => {
  test.each([
    ['name', { app_id: 'a', name: MEGABYTE }, `name must be text of at most 1024 bytes, not '${SHOWN}'`],
    ['desc', { app_id: 'a', name: 'a', desc: MEGABYTE }, `desc must be text of at most 1024 bytes, not '${SHOWN}'`],
    ['secret', { app_id: 'a', name: 'a', secret: MEGABYTE }, 'secret must be text of 1 to 256 bytes'],
  ])('is refused as %s of an application', async (_, body, message) => {
    expect(await rest('POST', '/apps/', body)).toMatchObject({ status: 400, json: { code: 108, message } });
    await expectNothingNew();
  });

  test.each([
    ['password', { username: 'a', password: MEGABYTE }, 'password must be text of 1 to 256 bytes'],
    [
      'tags',
      { username: 'a', password: 'a', tags: MEGABYTE },
      `tags must be text of at most 1024 bytes, not '${SHOWN}'`,
    ],
  ])('is refused as %s of a user', async (_, body, message) => {
    expect(await rest('POST', '/users/', body)).toMatchObject({ status: 400, json: { code: 108, message } });
    await expectNothingNew();
  });

  test('is refused as a new password, and as the old one', async () => {
    const message = 'newPassword must be text of 1 to 256 bytes';
    const passwords = { old_pwd: ADMIN.password, new_pwd: MEGABYTE };
    const path = `/change_pwd/${ADMIN.user}`;
    expect(await rest('PUT', path, passwords)).toMatchObject({ status: 400, json: { code: 108, message } });
    const wrong = { old_pwd: MEGABYTE, new_pwd: 'new' };
    expect((await rest('PUT', path, wrong)).json).toEqual({ message: 'Password Error' });
    const auth = { username: ADMIN.user, password: MEGABYTE };
    expect((await rest('POST', '/auth', auth)).json).toEqual({ message: 'Password Error' });
    expect((await rest('POST', '/auth', { username: ADMIN.user, password: ADMIN.password })).json).toEqual({ code: 0 });
  });
});
