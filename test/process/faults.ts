import { describe, expect, test } from 'vitest';
import { basic } from '../support/gateway.ts';
import { logLines, newFolder, type Program, start, stop } from './program.ts';

/** Makes a fault in the program that nobody catches, when it is told to. */
const plant = (fault: string): string =>
  `--import=data:text/javascript,${encodeURIComponent(`process.once('SIGUSR2', () => { ${fault} })`)}`;

const ENV = { BROKERQL_ADMIN_USER: 'root', BROKERQL_ADMIN_PASSWORD: 'of the tests' };

export function describeFaults(built: () => Program): void {
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
