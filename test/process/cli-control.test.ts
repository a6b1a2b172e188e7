import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Access, openAccess } from '../../src/access/access.ts';
import { askControl } from '../../src/cli/ask-control.ts';
import { askSecret } from '../../src/cli/ask-secret.ts';
import { type Control, createControl } from '../../src/cli/control.ts';
import { controlAddress } from '../../src/cli/control-address.ts';
import { giveOrder } from '../../src/cli/give-order.ts';
import { type DataStore, openStore } from '../../src/store/store.ts';
import { derive } from '../access/support/derivation.ts';
import { testConfig } from '../support/gateway.ts';

let folder: string;
let store: DataStore;
let access: Access;
let control: Control;
const faults: unknown[] = [];

const onFault = (fault: unknown): void => void faults.push(fault);

async function open(dataFolder: string): Promise<void> {
  store = await openStore(dataFolder);
  access = await openAccess(store, { derive, onFault, onFailures: () => {} });
  const { accounts, audit } = access;
  control = createControl({ accounts, audit, database: store.database }, dataFolder, onFault);
  await control.listen();
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'brokerql-control-'));
  await open(folder);
});

afterEach(async () => {
  await control.close();
  await access.close();
  await store.close();
  rmSync(folder, { recursive: true });
  expect(faults.splice(0)).toEqual([]);
});

const makeBob = { what: 'createUser', target: 'bob', secret: null } as const;

/** What the socket answers to bytes, until it ends the connection. */
async function answerTo(bytes: string | Uint8Array): Promise<string> {
  const socket = connect((await controlAddress(folder)).path);
  socket.on('error', () => {});
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  socket.write(bytes);
  await once(socket, 'close');
  return text;
}

const entries = () =>
  access.audit
    .page({ filter: {}, offset: 0, limit: 10, after: null })
    .items.map(({ id: _, at: __, ...entry }) => entry);

describe('the control socket', () => {
  test('lies in the data folder, for its owner alone', () => {
    expect(statSync(join(folder, 'control.sock')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  test('carries out an order on the accounts that are in use, and answers a secret that it made', async () => {
    const reply = await askControl(folder, { ...makeBob, role: 'VIEWER' });
    const rows = [{ name: 'bob', role: 'viewer', tags: null, created: expect.any(String) }];
    expect(reply).toEqual({ result: 'DONE', rows, secret: expect.stringMatching(/^\w{24}$/) });
    const secret = reply?.result === 'DONE' ? reply.secret : null;
    expect(await access.accounts.verify('user', 'bob', secret ?? '')).toMatchObject({ name: 'bob', role: 'VIEWER' });
  });

  test('ends what the old password holds open when it is reset', async () => {
    await askControl(folder, { ...makeBob, secret: 'old' });
    const principal = await access.accounts.verify('user', 'bob', 'old');
    const ended = new Promise((resolve) => access.admissions.enter(principal!, resolve));
    const reply = await askControl(folder, { what: 'resetPassword', target: 'bob', secret: 'new' });
    expect(reply).toEqual({ result: 'DONE', rows: [], secret: null });
    expect(await ended).toBe('CHANGED');
    expect(await access.accounts.verify('user', 'bob', 'old')).toBeNull();
  });

  test('makes applications with every field, and lists them', async () => {
    const fields = {
      role: 'OPERATOR',
      name: 'Shop',
      desc: 'sells',
      expired: 4_102_444_799,
      restProfile: '3.2',
    } as const;
    await askControl(folder, { what: 'createApplication', target: 'shop', secret: 'given', ...fields });
    const reply = await askControl(folder, { what: 'applications' });
    const row = { id: 'shop', name: 'Shop', role: 'operator', enabled: true, expires: '2099-12-31T23:59:59.000Z' };
    const rows = [{ ...row, profile: '3.2', desc: 'sells', created: expect.any(String) }];
    expect(reply).toEqual({ result: 'DONE', rows, secret: null });
  });

  test('answers a refusal with its sentence', async () => {
    await askControl(folder, makeBob);
    expect(await askControl(folder, makeBob)).toEqual({ result: 'REFUSED', message: "user 'bob' exists already" });
    const reset = { what: 'resetApplicationSecret', target: '__proto__', secret: null } as const;
    const message = "application '__proto__' is unknown";
    expect(await askControl(folder, reset)).toEqual({ result: 'REFUSED', message });
  });

  test('notes every change in the audit log, done or refused, without its secret', async () => {
    await askControl(folder, { ...makeBob, secret: 'a-secret' });
    await askControl(folder, { what: 'users' });
    await askControl(folder, { what: 'resetPassword', target: 'eve', secret: 'a-secret' });
    const cli = { who: null, kind: null, role: null, from: null, via: 'CLI' };
    expect(entries()).toEqual([
      { ...cli, what: 'resetPassword', target: 'eve', result: 'NOT_FOUND', message: "user 'eve' is unknown" },
      { ...cli, what: 'createUser', target: 'bob', result: 'OK', message: null },
    ]);
  });

  test.each([
    ['no JSON', 'who are you\n'],
    ['an unknown order', '{"what":"deleteUser","target":"bob"}\n'],
    ['a key that it does not know', '{"what":"users","__proto__":1}\n'],
    ['an empty line', '\n'],
  ])('refuses %s', async (_what, line) => {
    const message = 'the running process does not know this command';
    expect(await answerTo(line)).toBe(`${JSON.stringify({ result: 'REFUSED', message })}\n`);
  });

  test('ends a connection that sends more than 64 KiB without a line feed, and serves the next', async () => {
    expect(await answerTo('x'.repeat(64 * 1024 + 1))).toBe('');
    expect(await askControl(folder, { what: 'users' })).toEqual({ result: 'DONE', rows: [], secret: null });
  });

  test('takes an order that comes in pieces, and lets go what stands behind it', async () => {
    const { path } = await controlAddress(folder);
    const socket = connect(path);
    await once(socket, 'connect');
    socket.write('{"what":');
    socket.write('"users"}\n{"what":"createUser","target":"eve","secret":"s"}\n');
    const [data] = await once(socket, 'data');
    expect(String(data)).toBe('{"result":"DONE","rows":[],"secret":null}\n');
    expect(access.accounts.users.get('eve')).toBeNull();
  });

  test('has sixteen connections open, and ends the next at once', async () => {
    const { path } = await controlAddress(folder);
    const sockets = Array.from({ length: 16 }, () => connect(path));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const next = connect(path);
    next.on('error', () => {});
    await once(next, 'close');
    expect(sockets.some((socket) => socket.destroyed)).toBe(false);
    for (const socket of sockets) socket.destroy();
  });

  test('is gone after the close, with all of its connections', async () => {
    const socket = connect((await controlAddress(folder)).path);
    await once(socket, 'connect');
    const ended = once(socket.resume(), 'close');
    await control.close();
    await ended;
    expect(statSync(join(folder, 'control.sock'), { throwIfNoEntry: false })).toBeUndefined();
    expect(await askControl(folder, makeBob)).toBeNull();
  });

  test('takes the place of a file that a killed process left', async () => {
    await control.close();
    writeFileSync(join(folder, 'control.sock'), '');
    expect(await askControl(folder, { what: 'users' })).toBeNull();
    await control.listen();
    expect(await askControl(folder, { what: 'users' })).toMatchObject({ result: 'DONE' });
  });
});

describe('an order on a broker that stopped', () => {
  test('leaves every entry of the audit log, whatever the configuration says of their number', async () => {
    for (const target of ['a', 'b', 'c']) await askControl(folder, { what: 'resetPassword', target, secret: null });
    await control.close();
    await access.close();
    await store.close();
    const config = testConfig(folder, 'audit: {max_entries: 1}');
    await expect(giveOrder(config, { what: 'resetPassword', target: 'd', secret: null })).rejects.toThrow("user 'd'");
    await open(folder);
    expect(entries().map(({ target }) => target)).toEqual(['d', 'c', 'b', 'a']);
  });
});

describe('the control socket of a data folder whose path is too long for one', () => {
  let long: string;
  let address: string;

  beforeEach(async () => {
    await control.close();
    await access.close();
    await store.close();
    long = join(folder, 'd'.repeat(100));
    mkdirSync(long, { mode: 0o700 });
    address = (await controlAddress(long)).path;
  });

  afterEach(() => rmSync(join(address, '..'), { recursive: true, force: true }));

  test('lies in a closed folder of its own under the one for temporary files, and is removed with it', async () => {
    await open(long);
    const own = join(address, '..');
    expect(join(own, '..')).toBe(tmpdir());
    expect(statSync(own).mode & 0o777).toBe(0o700);
    expect(statSync(address).mode & 0o777).toBe(0o600);
    expect(await askControl(long, { what: 'users' })).toMatchObject({ result: 'DONE' });
    await control.close();
    expect(statSync(own, { throwIfNoEntry: false })).toBeUndefined();
  });

  test('is neither made nor used in a folder that is open to others', async () => {
    mkdirSync(join(address, '..'), { mode: 0o755 });
    const sentence = `folder '${join(address, '..')}' is not of the data folder's owner alone; nothing is sent through it`;
    await expect(askControl(long, makeBob)).rejects.toThrow(sentence);
    await expect(open(long)).rejects.toThrow(sentence);
  });
});

describe('a secret that a person gives', () => {
  const typed = (
    keys: string,
  ): { input: PassThrough & { isTTY: boolean }; prompts: PassThrough; shown: () => string } => {
    const prompts = new PassThrough();
    const input = Object.assign(new PassThrough(), { isTTY: true });
    input.write(keys);
    return { input, prompts, shown: () => String(prompts.read() ?? '') };
  };

  test('is asked for twice at a terminal, and not shown', async () => {
    const { input, prompts, shown } = typed('pa\u007fässword\rpässword\r');
    expect(await askSecret('password', input, prompts)).toBe('pässword');
    expect(shown()).toBe('New password: \nThe password again: \n');
  });

  test.each([
    ['differs the second time', 'one\rtwo\r', 'the two are not the same password; nothing was changed'],
    ['is empty', '\r', 'the password is empty; nothing was changed'],
    ['is interrupted by Ctrl-C', 'one\u0003', 'no password was given; nothing was changed'],
  ])('is refused when it %s', async (_what, keys, sentence) => {
    const { input, prompts } = typed(keys);
    await expect(askSecret('password', input, prompts)).rejects.toThrow(sentence);
  });

  test.each([
    ['one\ntwo\n', 'one'],
    ['one\r\n', 'one'],
    [' one ', ' one '],
  ])('is the first line of a standard input that is no terminal: %j', async (text, secret) => {
    const input = new PassThrough();
    input.end(text);
    expect(await askSecret('password', input, new PassThrough())).toBe(secret);
  });

  test.each([
    ['empty', Buffer.from('\nx'), 'the secret is empty; nothing was changed'],
    ['above 4 KiB', Buffer.alloc(5000, 'x'), 'the secret is too long; nothing was changed'],
    ['not UTF-8', Buffer.from([0xff, 0x0a]), 'the secret is not in UTF-8; nothing was changed'],
  ])('is refused from the standard input when it is %s', async (_what, bytes, sentence) => {
    const input = new PassThrough();
    input.end(bytes);
    await expect(askSecret('secret', input, new PassThrough())).rejects.toThrow(sentence);
  });
});
