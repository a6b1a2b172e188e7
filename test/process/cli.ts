import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openAccess } from '../../src/access/access.ts';
import { openAuditLog } from '../../src/access/audit-log.ts';
import { createControl } from '../../src/cli/control.ts';
import { openStore } from '../../src/store/store.ts';
import { basic } from '../support/gateway.ts';
import { newFolder, type Program, start, stop } from './program.ts';

interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function describeCommandLine(built: () => Program): void {
  async function command(line: string, cwd: string, { stdin = '', env = {} } = {}): Promise<Answer> {
    const environment = { PATH: process.env.PATH, ...env };
    const child = spawn(process.execPath, [built().main, ...line.split(' ')], { cwd, env: environment });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => (stdout += text));
    child.stderr.on('data', (text) => (stderr += text));
    // A command that reads nothing ends before it took this.
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
    const [code] = await once(child, 'close');
    return { code, stdout, stderr };
  }

  const folderWithData = (): string => {
    const cwd = newFolder();
    mkdirSync(join(cwd, 'data'), { mode: 0o700 });
    return cwd;
  };

  describe('brokerql user and app, while the broker is stopped', () => {
    test('give back the way in to a person who lost the only password', async () => {
      const cwd = newFolder();
      await stop(await start(built(), [], { cwd }));
      expect(await command('user reset admin', cwd, { stdin: 'remembered\n' })).toEqual({
        code: 0,
        stdout: "user 'admin' has a new password\n",
        stderr: '',
      });
      const one = await start(built(), [], { cwd });
      const headers = { authorization: basic('admin', 'remembered') };
      const response = await fetch(`http://${one.address('dashboard: REST')}/api/v3/brokers/`, { headers });
      expect(response.status).toBe(200);
      await response.arrayBuffer();
      await stop(one);
    });

    test('add accounts, print a secret that was made, list them and note them in the audit log', async () => {
      const cwd = folderWithData();
      const user = await command('user add bob --role viewer --tags night --generate', cwd);
      expect(user.stdout).toMatch(
        /^user 'bob' is made, with the role viewer\npassword, shown only this once: \w{24}\n$/,
      );
      const app = await command('app add shop --role operator --expires 2099-12-31 --profile 3.2', cwd);
      expect(app.stdout).toMatch(
        /^application 'shop' is made, with the role operator\nsecret, shown only this once: \w{24}\n$/,
      );
      const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;
      expect((await command('user list', cwd)).stdout).toMatch(
        new RegExp(`^NAME  ROLE    TAGS   CREATED\nbob   viewer  night  ${time}\n$`),
      );
      expect(JSON.parse((await command('app list --json', cwd)).stdout)).toMatchObject([
        {
          id: 'shop',
          role: 'operator',
          enabled: true,
          expires: '2099-12-31T23:59:59.000Z',
          profile: '3.2',
          desc: null,
        },
      ]);

      const store = await openStore(join(cwd, 'data'));
      const audit = await openAuditLog(store, { onFault: () => {} });
      const { items } = audit.page({ filter: {}, offset: 0, limit: 10, after: null });
      expect(items.map(({ via, what, target, result }) => [via, what, target, result])).toEqual([
        ['CLI', 'createApplication', 'shop', 'OK'],
        ['CLI', 'createUser', 'bob', 'OK'],
      ]);
      await store.close();
    });

    test('take a secret from the standard input', async () => {
      const cwd = folderWithData();
      expect((await command('app add shop --secret-stdin', cwd, { stdin: 'given\n' })).stdout).toBe(
        "application 'shop' is made, with the role admin\n",
      );
      const store = await openStore(join(cwd, 'data'));
      const access = await openAccess(store, { onFault: () => {}, onFailures: () => {} });
      expect(await access.accounts.verify('application', 'shop', 'given')).toMatchObject({ role: 'ADMIN' });
      await access.close();
      await store.close();
    });

    test('choose the folder as start does, by flag, environment and file', async () => {
      const cwd = newFolder();
      for (const name of ['a', 'b', 'c']) mkdirSync(join(cwd, name), { mode: 0o700 });
      writeFileSync(join(cwd, 'settings.yaml'), 'data_dir: c\n');
      await command('user add one --generate --data-dir a', cwd, { env: { BROKERQL_DATA_DIR: 'b' } });
      await command('user add two --generate', cwd, { env: { BROKERQL_DATA_DIR: 'b' } });
      await command('user add three --generate --config settings.yaml', cwd);
      const names = async (folder: string) =>
        JSON.parse((await command(`user list --json --data-dir ${folder}`, cwd)).stdout).map(
          ({ name }: { name: string }) => name,
        );
      expect([await names('a'), await names('b'), await names('c')]).toEqual([['one'], ['two'], ['three']]);
    });

    test('say when the next start would set another secret', async () => {
      const env = { BROKERQL_ADMIN_USER: 'admin', BROKERQL_ADMIN_PASSWORD: 'configured' };
      const { code, stderr } = await command('user add admin', folderWithData(), { env, stdin: 'x\n' });
      expect(code).toBe(0);
      expect(stderr).toBe("Note: the configuration gives 'admin' a password, and the next start sets that one.\n");
    });
  });

  describe('brokerql user, while another process has the data folder open', () => {
    test('goes through the socket of that process', async () => {
      const cwd = folderWithData();
      const folder = join(cwd, 'data');
      const store = await openStore(folder);
      const access = await openAccess(store, { onFault: () => {}, onFailures: () => {} });
      const { accounts, audit } = access;
      const control = createControl({ accounts, audit, database: store.database }, folder, () => {});
      await control.listen();
      const added = await command('user add bob', cwd, { stdin: 'secret\n' });
      expect(added).toEqual({ code: 0, stdout: "user 'bob' is made, with the role admin\n", stderr: '' });
      expect(await access.accounts.verify('user', 'bob', 'secret')).toMatchObject({ name: 'bob' });
      expect((await command('user list', cwd)).stdout).toContain('\nbob   admin ');
      await control.close();

      const line = "data folder './data' is in use by another process\n";
      expect(await command('user list', cwd)).toEqual({ code: 1, stdout: '', stderr: line });
      await access.close();
      await store.close();
    });
  });

  describe('a command that is not done', () => {
    test('says why in one line, with exit code 1', async () => {
      const cwd = folderWithData();
      await command('user add bob --generate', cwd);
      const answers = await Promise.all([
        command('user list --data-dir nowhere', cwd),
        command('user list', cwd, { env: { BROKERQL_HTTP_PORT: 'abc' } }),
        command('config check --rest-profile 2', cwd),
      ]);
      // One after the other: each has the folder open.
      answers.push(await command('user add bob --generate', cwd));
      answers.push(await command('user reset bob', cwd));
      expect(answers.map(({ code, stdout }) => [code, stdout])).toEqual(answers.map(() => [1, '']));
      expect(answers.map(({ stderr }) => stderr)).toEqual([
        "there is no data folder 'nowhere'; the first start of the broker makes it\n",
        "config: BROKERQL_HTTP_PORT must be a port number from 0 to 65535, not 'abc'\n",
        "config: --rest-profile must be one of 3.0-beta, 3.0, 3.1, 3.2, not '2'\n",
        "user 'bob' exists already\n",
        'the password is empty; nothing was changed\n',
      ]);
    });

    test('shows how it is written where it is written wrongly, with exit code 2 and without a secret', async () => {
      const usage = 'Usage: brokerql user reset NAME [--generate] [--data-dir folder] [--config file]\n';
      const answer = (line: string) => ({ code: 2, stdout: '', stderr: `${line}\n${usage}` });
      expect(await command('user reset', newFolder())).toEqual(answer('NAME is missing'));
      expect(await command('user reset bob hunter2', newFolder())).toEqual(
        answer("there is an argument too many behind 'user reset'"),
      );
      expect(await command('user reset bob --password=hunter2', newFolder())).toEqual(
        answer("Unknown option '--password'"),
      );
    });
  });

  describe('brokerql config check', () => {
    test('says that the configuration is valid, and starts nothing', async () => {
      const cwd = newFolder();
      writeFileSync(join(cwd, 'settings.yaml'), 'mqtt: {port: 1}\n');
      expect(await command('config check --config settings.yaml', cwd)).toEqual({
        code: 0,
        stdout: 'configuration is valid\n',
        stderr: '',
      });
    });
  });
}
