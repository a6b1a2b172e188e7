import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { basic } from '../support/gateway.ts';
import { logLines, newFolder, type Program, start, stop } from './program.ts';

/** Makes a fault in the program that nobody catches, when it is told to. */
const plant = (fault: string): string =>
  `--import=data:text/javascript,${encodeURIComponent(`process.once('SIGUSR2', () => { ${fault} })`)}`;

const ENV = { BROKERQL_ADMIN_USER: 'root', BROKERQL_ADMIN_PASSWORD: 'of the tests' };

export function describeFaults(built: () => Program): void {
  test.each([
    ['a fault of a program that would drain for a minute', "throw new Error('planted')", ['planted']],
    [
      'each fault of several',
      "for (const n of [1, 2, 3]) { setImmediate(() => { throw new Error('planted ' + n) }); Promise.reject(new Error('rejected ' + n)) }",
      ['rejected 1', 'rejected 2', 'rejected 3', 'planted 1', 'planted 2', 'planted 3'],
    ],
  ])('%s is logged, and the store is closed in order', async (_, fault, messages) => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'brokerql.yaml'), 'http:\n  drain: 60\n');
    const env = { ...ENV, NODE_OPTIONS: plant(fault) };
    const one = await start(built(), ['--config', 'brokerql.yaml'], { cwd, env });
    one.kill('SIGUSR2');
    expect(await one.exited).toEqual({ code: 1, signal: null });
    const logged = logLines(one).map((line) => JSON.parse(line));
    expect(logged.map(({ err }) => err.message)).toEqual(messages);
    // What closes the store removes this on its way; a process that just ends leaves it.
    expect(existsSync(join(cwd, 'data/control.sock'))).toBe(false);
  });

  describe.each([
    ['an exception that nobody caught', "throw new Error('planted')"],
    ['a rejection that nobody caught', "Promise.reject(new Error('planted'))"],
  ])('%s', (_, fault) => {
    test('is logged whole, ends the program with exit code 1, and loses nothing', async () => {
      const cwd = newFolder();
      const one = await start(built(), [], { cwd, env: { ...ENV, NODE_OPTIONS: plant(fault) } });
      const response = await fetch(`http://${one.address('dashboard: REST')}/api/v3/users/`, {
        method: 'POST',
        headers: { authorization: basic('root', 'of the tests') },
        body: JSON.stringify({ username: 'kept', password: 'kept' }),
      });
      expect(response.status).toBe(200);

      one.kill('SIGUSR2');
      expect(await one.exited).toEqual({ code: 1, signal: null });
      const fatal = logLines(one)
        .map((line) => JSON.parse(line))
        .filter(({ level }) => level === 'fatal');
      expect(fatal).toEqual([expect.objectContaining({ msg: 'an unexpected fault; closing' })]);
      expect(fatal[0].err).toMatchObject({ message: 'planted', stack: expect.stringContaining('at ') });

      const second = await start(built(), [], { cwd, env: ENV });
      const { status } = await fetch(`http://${second.address('dashboard: REST')}/api/v3/users/`, {
        headers: { authorization: basic('kept', 'kept') },
      });
      expect(status).toBe(200);
      await stop(second);
    });
  });
}
