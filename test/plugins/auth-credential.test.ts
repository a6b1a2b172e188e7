import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CredentialTable } from '../../src/plugins/auth-credential/credential-table.ts';
import { openStore } from '../../src/store/store.ts';
import { interposeStore } from '../broker/store-faults.ts';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { ACCEPTED, CLOSED, change, knock, logIn, NOT_AUTHORIZED } from './support/auth.ts';

const USERNAME = 'emqx_auth_username';
const CLIENT_ID = 'emqx_auth_clientid';

let gateway: TestGateway;

const give = (kind: 'USERNAME' | 'CLIENT_ID', name: string, password: string) =>
  gateway.gateway.domain.createCredential(kind, name, password);

describe('emqx_auth_username', () => {
  beforeAll(async () => {
    gateway = await startGateway(CLOSED);
    await change(gateway, USERNAME, 'load');
    await give('USERNAME', 'alice', 'right');
  });

  afterAll(() => gateway.close());

  test('lets in whoever knows the password, over TCP and WebSocket', async () => {
    const clients = [false, true].map((overWebSocket) =>
      gateway.connect({ clientId: `over ${overWebSocket}`, username: 'alice', password: 'right', overWebSocket }),
    );
    expect((await Promise.all(clients)).map(({ connected }) => connected)).toEqual([true, true]);
  });

  test.each([
    ['a wrong password', { username: 'alice', password: 'wrong' }],
    ['no password', { username: 'alice' }],
    ['an empty password', { username: 'alice', password: '' }],
    ['a password of 64 KiB', { username: 'alice', password: 'x'.repeat(65_535) }],
    ['bytes that are no text', { username: 'alice', password: Buffer.from([0xff, 0xfe]) }],
    ['an unknown name', { username: 'bob', password: 'right' }],
    ['the name in other letters', { username: 'Alice', password: 'right' }],
    ['no name', {}],
    ['its client id for a name', { clientId: 'alice', username: 'x', password: 'right' }],
  ])('refuses %s with return code 5', async (_, login) => {
    expect(await knock(gateway, login)).toBe(NOT_AUTHORIZED);
  });

  test('tells a mqtt client that it is not authorized', async () => {
    await expect(gateway.connect({ username: 'alice', password: 'wrong' })).rejects.toMatchObject({ code: 5 });
  });

  test('takes a password as bytes of UTF-8, not as what they look like when they are none', async () => {
    await give('USERNAME', 'replaced', '\ufffd');
    expect(await knock(gateway, { username: 'replaced', password: Buffer.from([0xff]) })).toBe(NOT_AUTHORIZED);
    expect(await knock(gateway, { username: 'replaced', password: '\ufffd' })).toBe(ACCEPTED);
  });

  test('leaves those connected alone whose password changes or goes, until they come back', async () => {
    await give('USERNAME', 'carol', 'first');
    const wire = await logIn(gateway, { username: 'carol', password: 'first' });
    await gateway.gateway.domain.updateCredential('USERNAME', 'carol', 'second');
    await gateway.gateway.domain.deleteCredential('USERNAME', 'carol');
    await wire.settle();
    await wire.disconnect();
    expect(await knock(gateway, { username: 'carol', password: 'first' })).toBe(NOT_AUTHORIZED);
  });

  test('notes the refusal', async () => {
    await knock(gateway, { clientId: 'stranger', username: 'alice', password: 'guess' });
    expect(await gateway.gateway.domain.clientRefusals('stranger', null)).toMatchObject([
      { kind: 'AUTHENTICATION', action: 'CONNECT', message: 'not authorized', count: 1 },
    ]);
  });

  test('loses no credential that is written while it is loaded anew', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `during ${i}`);
    const written = names.map((name) => give('USERNAME', name, 'right'));
    for (let i = 0; i < 5; i++) await change(gateway, USERNAME, 'reload');
    await Promise.all(written);
    const { items } = await gateway.gateway.domain.credentials('USERNAME', {
      page: { page: 1, limit: 100, after: null },
      filter: { namePrefix: 'during ' },
    });
    expect(items.map(({ name }) => name)).toEqual([...names].sort());
  });

  test('makes one of two that are made with one name at once', async () => {
    const settled = await Promise.allSettled([give('USERNAME', 'twice', 'a'), give('USERNAME', 'twice', 'b')]);
    expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(settled.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'ALREADY_EXISTS' } });
    const right = settled[0].status === 'fulfilled' ? 'a' : 'b';
    expect(await knock(gateway, { username: 'twice', password: right })).toBe(ACCEPTED);
    expect(await knock(gateway, { username: 'twice', password: right === 'a' ? 'b' : 'a' })).toBe(NOT_AUTHORIZED);
  });

  test('asks for no passwords once it is unloaded', async () => {
    await change(gateway, USERNAME, 'unload');
    expect(await knock(gateway, { username: 'alice', password: 'right' })).toBe(NOT_AUTHORIZED);
    await change(gateway, USERNAME, 'load');
    expect(await knock(gateway, { username: 'alice', password: 'right' })).toBe(ACCEPTED);
  });
});

describe('both plugins', () => {
  beforeAll(async () => {
    gateway = await startGateway(CLOSED);
    await change(gateway, USERNAME, 'load');
    await change(gateway, CLIENT_ID, 'load');
    await give('USERNAME', 'alice', 'of alice');
    await give('CLIENT_ID', 'sensor', 'of the sensor');
  });

  afterAll(() => gateway.close());

  test.each([
    ['the user name goes first', { clientId: 'sensor', username: 'alice', password: 'of alice' }, ACCEPTED],
    [
      'its wrong password ends it',
      { clientId: 'sensor', username: 'alice', password: 'of the sensor' },
      NOT_AUTHORIZED,
    ],
    [
      'an unknown user name leaves it to the client id',
      { clientId: 'sensor', username: 'bob', password: 'of the sensor' },
      ACCEPTED,
    ],
    [
      'a wrong password of the client id',
      { clientId: 'sensor', username: 'bob', password: 'of alice' },
      NOT_AUTHORIZED,
    ],
  ])('decide in their order: %s', async (_, login, expected) => {
    expect(await knock(gateway, login)).toBe(expected);
  });
});

describe('while anybody may connect', () => {
  beforeAll(async () => {
    gateway = await startGateway();
    await change(gateway, CLIENT_ID, 'load');
    await give('CLIENT_ID', 'sensor', 'right');
  });

  afterAll(() => gateway.close());

  test('a name that nobody has is let in, and one that is taken needs its password', async () => {
    expect(await knock(gateway, { clientId: 'anybody' })).toBe(ACCEPTED);
    expect(await knock(gateway, { clientId: 'anybody', password: 'x', username: 'x' })).toBe(ACCEPTED);
    expect(await knock(gateway, { clientId: 'sensor' })).toBe(NOT_AUTHORIZED);
    expect(await knock(gateway, { clientId: 'sensor', username: 'x', password: 'right' })).toBe(ACCEPTED);
  });
});

describe('credentials over a restart', () => {
  const folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
  const start = async (): Promise<void> => {
    gateway = await startGateway(CLOSED, {}, folder);
  };

  beforeEach(start);
  afterEach(() => gateway.close());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('are there, and so are their plugins', async () => {
    await change(gateway, USERNAME, 'load');
    await give('USERNAME', 'alice', 'first');
    await give('USERNAME', 'bob', 'his');
    await gateway.gateway.domain.updateCredential('USERNAME', 'alice', 'second');
    await gateway.gateway.domain.deleteCredential('USERNAME', 'bob');
    await gateway.close();
    await start();
    expect(await knock(gateway, { username: 'alice', password: 'second' })).toBe(ACCEPTED);
    expect(await knock(gateway, { username: 'alice', password: 'first' })).toBe(NOT_AUTHORIZED);
    expect(await gateway.gateway.domain.credential('USERNAME', 'bob')).toBeNull();
    expect((await gateway.rest('/auth_username')).status).toBe(404);
  });

  test('are there when their plugin is loaded much later', async () => {
    await change(gateway, USERNAME, 'unload');
    await gateway.close();
    await start();
    expect(() => gateway.gateway.domain.credential('USERNAME', 'alice')).toThrow(
      "plugin 'emqx_auth_username' is not active",
    );
    await change(gateway, USERNAME, 'load');
    expect(await gateway.gateway.domain.credential('USERNAME', 'alice')).toEqual({ kind: 'USERNAME', name: 'alice' });
  });
});

describe('while the store takes no writes', () => {
  beforeEach(async () => {
    gateway = await startGateway(CLOSED);
    await change(gateway, USERNAME, 'load');
    await give('USERNAME', 'alice', 'first');
    await give('USERNAME', 'bob', 'his');
  });

  afterEach(() => gateway.close());

  test.each([false, true])('what is refused has not been done, whatever the disk has of it: %s', async (isWritten) => {
    const { domain } = gateway.gateway;
    const store = interposeStore(gateway.dataDir);
    try {
      const mend = store.fail(isWritten);
      const refused = { code: 'UNAVAILABLE' };
      await expect(domain.updateCredential('USERNAME', 'alice', 'second')).rejects.toMatchObject(refused);
      await expect(domain.createCredential('USERNAME', 'carol', 'hers')).rejects.toMatchObject(refused);
      await expect(domain.deleteCredential('USERNAME', 'bob')).rejects.toMatchObject(refused);
      mend();
      await eventually(async () => (await fetch(`${gateway.httpUrl}/readyz`)).status === 200, 'the store to heal');
      await give('USERNAME', 'dave', 'his');
      expect(await knock(gateway, { username: 'alice', password: 'second' })).toBe(NOT_AUTHORIZED);
      expect(await knock(gateway, { username: 'alice', password: 'first' })).toBe(ACCEPTED);
      expect(await knock(gateway, { username: 'bob', password: 'his' })).toBe(ACCEPTED);
      expect(await knock(gateway, { username: 'carol', password: 'hers' })).toBe(NOT_AUTHORIZED);
      const everything = { page: { page: 1, limit: 10, after: null }, filter: {} };
      const { items } = await domain.credentials('USERNAME', everything);
      expect(items.map(({ name }) => name)).toEqual(['alice', 'bob', 'dave']);
    } finally {
      store.restore();
    }
  });
});

describe('a table of credentials whose store takes writes again', () => {
  test('keeps what it took then, and not what there was before a write that it refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
    const store = await openStore(folder);
    const space = store.space<{ hash: string }>('usernames');
    let refusals = 0;
    const put: typeof space.put = async (...given) => {
      if (refusals-- > 0) throw new Error('the disk is full');
      await space.put(...given);
    };
    const table = new CredentialTable('USERNAME', { ...store, space: () => ({ ...space, put }) as never });
    await table.load();
    await table.create('alice', 'first');
    // The change itself, and what takes it back.
    refusals = 2;
    await expect(table.replace('alice', 'refused')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await table.replace('alice', 'second');
    expect(await table.hashOf('alice')).toBe('second');
    await table.create('bob', 'his');
    expect(await table.hashOf('alice')).toBe('second');
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
});
