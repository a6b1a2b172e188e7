import { scryptSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { deriveByScrypt } from '../../src/access/derivation.ts';

const COST = { N: 1024, r: 8, p: 1 };
const salt = Buffer.from('sixteen bytes ok');

/** The niceness of every thread of this process, the 19th field of Linux' stat. */
const nicenesses = (): number[] =>
  readdirSync('/proc/self/task').map((id) => {
    const stat = readFileSync(`/proc/self/task/${id}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });

describe('deriving a key', () => {
  test.each(['', 'secret', 'ü😀\0', 'x'.repeat(1024)])('of %j answers what scrypt does', async (secret) => {
    expect(await deriveByScrypt(secret, salt, COST)).toEqual(scryptSync(secret, salt, 32, COST));
  });

  test('of several secrets at once answers each its own', async () => {
    const secrets = ['a', 'b', 'c', 'd'];
    expect(await Promise.all(secrets.map((secret) => deriveByScrypt(secret, salt, COST)))).toEqual(
      secrets.map((secret) => scryptSync(secret, salt, 32, COST)),
    );
  });

  test('rejects at a cost that scrypt refuses, and goes on with the next one', async () => {
    await expect(deriveByScrypt('secret', salt, { N: 3, r: 8, p: 1 })).rejects.toThrow(/scrypt/i);
    expect(await deriveByScrypt('secret', salt, COST)).toEqual(scryptSync('secret', salt, 32, COST));
  });

  test.runIf(process.platform === 'linux')('runs at the lowest priority, and leaves that of others alone', async () => {
    const [main] = nicenesses();
    await deriveByScrypt('secret', salt, COST);
    expect(nicenesses()).toContain(19);
    expect(nicenesses()[0]).toBe(main);
  });
});
