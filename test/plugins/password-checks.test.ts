import { beforeEach, describe, expect, test } from 'vitest';
import { createHashing } from '../../src/access/hashing.ts';
import { HookChain } from '../../src/broker/hooks.ts';
import { createLog } from '../../src/log.ts';
import { credentialsOf } from '../../src/plugins/auth-credential/credentials.ts';
import { authClientId, authUsername } from '../../src/plugins/auth-credential/index.ts';
import { PasswordChecks } from '../../src/plugins/auth-credential/password-checks.ts';
import type { PluginContext } from '../../src/plugins/plugin.ts';
import { useDataFolder } from '../access/support/data-folder.ts';
import { countedDerivation, heldDerivation } from '../access/support/derivation.ts';
import { testConfig } from '../support/gateway.ts';

const claimant = (fields: object = {}) => ({ clientId: 'c', username: 'u', ipAddress: '192.0.2.1', ...fields });
const secret = Buffer.from('secret');

describe('passwords', () => {
  const { calls, derive } = countedDerivation();
  const hashing = createHashing(derive);
  let checks: PasswordChecks;
  let hash: string;

  beforeEach(async () => {
    checks = new PasswordChecks(hashing, { rights: 2, wrongs: 2 });
    hash = await hashing.hash('secret');
    calls.length = 0;
  });

  test('that are right cost one derivation, whoever comes with them', async () => {
    for (const clientId of ['a', 'b', 'c'])
      expect(await checks.matches(claimant({ clientId }), secret, hash)).toBe(true);
    expect(calls).toHaveLength(1);
  });

  test('that are wrong cost one derivation for each that comes with them, a name known or not', async () => {
    for (const given of [hash, null]) {
      calls.length = 0;
      for (let i = 0; i < 3; i++) expect(await checks.matches(claimant(), Buffer.from('guess'), given)).toBe(false);
      expect(calls).toHaveLength(1);
      expect(await checks.matches(claimant({ username: 'other' }), Buffer.from('guess'), given)).toBe(false);
      expect(calls).toHaveLength(2);
    }
  });

  test('that come at once share a derivation', async () => {
    const answers = [1, 2, 3].map(() => checks.matches(claimant(), secret, hash));
    expect(await Promise.all(answers)).toEqual([true, true, true]);
    expect(calls).toHaveLength(1);
  });

  test('are not remembered over a change of the hash', async () => {
    expect(await checks.matches(claimant(), secret, hash)).toBe(true);
    const other = await hashing.hash('other');
    expect(await checks.matches(claimant(), secret, other)).toBe(false);
    const again = await hashing.hash('secret');
    calls.length = 0;
    expect(await checks.matches(claimant(), secret, again)).toBe(true);
    expect(calls).toHaveLength(1);
  });

  test('are forgotten when they were of no use for longest', async () => {
    const hashes = [hash, await hashing.hash('secret'), await hashing.hash('secret')] as const;
    for (const one of [hashes[0], hashes[1], hashes[0], hashes[2]]) await checks.matches(claimant(), secret, one);
    calls.length = 0;
    await checks.matches(claimant(), secret, hashes[0]);
    await checks.matches(claimant(), secret, hashes[2]);
    expect(calls).toHaveLength(0);
    await checks.matches(claimant(), secret, hashes[1]);
    expect(calls).toHaveLength(1);
  });
});

describe('many logins at once', () => {
  test('take two derivations at a time, those of each address in turn', async () => {
    const held = heldDerivation();
    const checks = new PasswordChecks(createHashing(held.derive));
    const done: string[] = [];
    const login = (ipAddress: string, name: string) =>
      checks.matches(claimant({ ipAddress, username: name }), secret, null).then(() => done.push(name));
    const logins = [
      ...['a1', 'a2', 'a3', 'a4'].map((name) => login('192.0.2.1', name)),
      login('192.0.2.2', 'b1'),
      login('192.0.2.3', 'c1'),
    ];
    for (let i = 0; i < 6; i++) {
      await held.release();
      await new Promise(setImmediate);
    }
    await Promise.all(logins);
    expect(held.most()).toBe(2);
    expect(done).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'a4']);
  });

  test('beyond those that may wait are refused', async () => {
    const held = heldDerivation();
    const checks = new PasswordChecks(createHashing(held.derive));
    const logins = Array.from({ length: 300 }, (_, i) =>
      checks.matches(claimant({ username: String(i) }), secret, null),
    );
    const settled = Promise.allSettled(logins);
    const refused = { status: 'rejected', reason: { code: 'LIMIT_EXCEEDED' } };
    for (let i = 0; i < 258; i++) await held.release();
    const answers = await settled;
    expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(42);
    expect(answers.at(-1)).toMatchObject(refused);
  });
});

describe('a refusal', () => {
  const folder = useDataFolder();
  const { calls, derive } = countedDerivation();
  let chain: HookChain;

  beforeEach(async () => {
    const credentials = credentialsOf(folder.store, createHashing(derive));
    const context = { log: createLog('silent'), store: folder.store } as PluginContext<never>;
    const instances = await Promise.all([authUsername, authClientId].map((one) => one.load(context)));
    await credentials.create('USERNAME', 'alice', 'right');
    await credentials.create('CLIENT_ID', 'sensor', 'right');
    const limits = testConfig('unused').mqtt;
    const throwIt = (fault: unknown): never => {
      throw fault;
    };
    chain = new HookChain(
      limits,
      throwIt,
      instances.map(({ hooks }) => hooks ?? {}),
    );
  });

  /** What the broker does with a CONNECT while nobody may come in for whom nobody vouches. */
  async function connect(username: string, clientId: string): Promise<{ verdict: string; derivations: number }> {
    calls.length = 0;
    const client = claimant({ username, clientId });
    const password = Buffer.from('guess');
    const verdict = await chain.authenticate(client, password);
    await chain.refuse(client, password);
    return { verdict, derivations: calls.length };
  }

  test.each([
    ['both names are unknown', 'bob', 'pump', 'ignore'],
    ['the user name is known', 'alice', 'pump', 'deny'],
    ['the client id is known', 'bob', 'sensor', 'deny'],
    ['both are known', 'alice', 'sensor', 'deny'],
  ])('costs one derivation at first and none when it is repeated: %s', async (_, username, clientId, verdict) => {
    expect(await connect(username, clientId)).toEqual({ verdict, derivations: 1 });
    expect(await connect(username, clientId)).toEqual({ verdict, derivations: 0 });
    const isUsername = username === 'alice';
    const other = connect(isUsername ? username : 'other', isUsername ? 'other' : clientId);
    expect(await other).toMatchObject({ derivations: 1 });
  });

  test('costs none of a client that gives no password, or that another plugin refused', async () => {
    calls.length = 0;
    const client = claimant({ username: 'bob' });
    await chain.authenticate(client, null);
    await chain.refuse(client, null);
    await chain.refuse(claimant({ username: 'banned' }), secret);
    expect(calls).toEqual([]);
  });
});
