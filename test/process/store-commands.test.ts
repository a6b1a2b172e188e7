import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openAccess } from '../../src/access/access.ts';
import { CommandRefusal } from '../../src/cli/command-refusal.ts';
import { createControl } from '../../src/cli/control.ts';
import { controlAddress } from '../../src/cli/control-address.ts';
import { runStore } from '../../src/cli/run-store.ts';
import { parseCommand } from '../../src/config/command.ts';
import { openStore, StoreError } from '../../src/store/store.ts';
import { derive } from '../access/support/derivation.ts';

let root: string;
let data: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'brokerql-command-'));
  data = join(root, 'data');
});

afterEach(() => rmSync(root, { recursive: true }));

/** Runs a command line as the program does, and answers what it prints. */
async function command(...argv: string[]): Promise<string> {
  const parsed = parseCommand({ argv: [...argv, '--data-dir', data], env: {}, readFile: () => '' });
  if (parsed.command !== 'store') throw new Error(`the command is ${parsed.command}`);
  const output = new PassThrough();
  await runStore(parsed.deed, parsed.config, output);
  return String(output.read() ?? '');
}

async function fill(): Promise<void> {
  const store = await openStore(data);
  await store.space('marks').put('mark', 'here');
  await store.close();
}

/** A process that has the data folder open, and takes orders. */
async function openRunning() {
  const store = await openStore(data);
  const access = await openAccess(store, { derive, onFault: () => {}, onFailures: () => {} });
  const control = createControl(
    { accounts: access.accounts, audit: access.audit, database: store.database },
    data,
    () => {},
  );
  await control.listen();
  const close = async (): Promise<void> => {
    await control.close();
    await access.close();
    await store.close();
  };
  return { store, access, control, close };
}

describe('brokerql backup and restore', () => {
  test('bring a store back while the broker is stopped', async () => {
    await fill();
    const copy = join(root, 'copy');
    expect(await command('backup', copy)).toBe(
      `backup '${copy}' is written: 2 entries, ${statSync(copy).size} bytes\n`,
    );
    rmSync(data, { recursive: true });
    expect(await command('restore', copy)).toBe(`data folder '${data}' is restored: 2 entries\n`);
    const store = await openStore(data);
    expect(await store.space('marks').get('mark')).toBe('here');
    await store.close();
  });

  test('say where the store is kept that was replaced', async () => {
    await fill();
    const copy = join(root, 'copy');
    await command('backup', copy);
    await expect(command('restore', copy)).rejects.toThrow(
      new StoreError(`data folder '${data}' has a store; --force replaces it, and keeps the old one beside it`),
    );
    const told = await command('restore', copy, '--force');
    const [kept] = readdirSync(data).filter((name) => name.startsWith('store.'));
    expect(told).toBe(
      `data folder '${data}' is restored: 2 entries\nthe store that was there is kept as '${join(data, kept!)}'\n`,
    );
  });

  test('are refused where there is no data folder, and for a file that is there', async () => {
    await expect(command('backup', join(root, 'copy'))).rejects.toThrow(
      new CommandRefusal(`there is no data folder '${data}'; the first start of the broker makes it`),
    );
    await fill();
    await expect(command('backup', data)).rejects.toThrow(
      new CommandRefusal(`file '${data}' exists; a backup replaces none`),
    );
  });
});

describe('brokerql backup, while the broker runs', () => {
  test('lets the running process write the file, and is noted in its audit log', async () => {
    const running = await openRunning();
    await running.store.space('marks').put('mark', 'running');
    const copy = join(root, 'copy');
    expect(await command('backup', copy)).toMatch(/^backup '.*copy' is written: \d+ entries, \d+ bytes\n$/);
    await expect(command('backup', copy)).rejects.toThrow(
      new CommandRefusal(`file '${copy}' exists; a backup replaces none`),
    );
    await expect(command('restore', copy, '--force')).rejects.toThrow(
      new StoreError(`data folder '${data}' is in use by another process`),
    );
    const { items } = running.access.audit.page({ filter: {}, offset: 0, limit: 10, after: null });
    expect(items.map(({ what, target, result }) => [what, target, result])).toEqual([
      ['backup', copy, 'BAD_USER_INPUT'],
      ['backup', copy, 'OK'],
    ]);
    await running.close();
    data = join(root, 'elsewhere');
    await command('restore', copy);
    const store = await openStore(data);
    expect(await store.space('marks').get('mark')).toBe('running');
    await store.close();
  });

  test('is no order when its path is not absolute', async () => {
    const running = await openRunning();
    const socket = connect((await controlAddress(data)).path);
    socket.end(`${JSON.stringify({ what: 'backup', target: 'copy' })}\n`);
    let text = '';
    for await (const chunk of socket) text += chunk;
    expect(JSON.parse(text)).toEqual({ result: 'REFUSED', message: 'the running process does not know this command' });
    await running.close();
  });
});

describe('brokerql store repair', () => {
  test('says that a store is sound', async () => {
    await fill();
    expect(await command('store', 'repair')).toBe(
      `data folder '${data}' is sound\nkept: 1 records of 'marks', 1 records of 'meta'\n`,
    );
  });

  test('says what it found and removed', async () => {
    const store = await openStore(data);
    store.database.put(Buffer.from('!marks!mark'), Buffer.from('no JSON'));
    store.database.put(Buffer.from('sdevice'), Buffer.from('no session'));
    await store.close();
    expect(await command('store', 'repair')).toBe(
      `data folder '${data}' is repaired
removed, as it could not be read or has lost what it belongs to: 1 records of 'marks', 1 sessions
kept: 1 records of 'meta'
what is missing or was removed is lost
`,
    );
  });

  test('is refused while the broker runs', async () => {
    const running = await openRunning();
    await expect(command('store', 'repair')).rejects.toThrow(
      new StoreError(`data folder '${data}' is in use by another process`),
    );
    await running.close();
  });
});
