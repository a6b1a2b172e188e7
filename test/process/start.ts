import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { version } from '../../src/package.ts';
import { basic } from '../support/gateway.ts';
import { newFolder, type Program, type Run, run, start, stop } from './program.ts';

/** Standard output with what differs from run to run written in capitals. */
const normalised = ({ stdout }: Run): string =>
  stdout
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replace(/\(\d+\)/g, '(PORT)')
    .replace(/\bapp-\w{8}\b/g, 'app-ID')
    .replace(/\b\w{24}\b/g, 'SECRET');

const summaryOf = (dataDir: string): string => `brokerql ${version} is running
  node                  brokerql@127.0.0.1
  data                  ${dataDir}
  MQTT                  mqtt://127.0.0.1:PORT
  MQTT over WebSocket   ws://127.0.0.1:PORT/mqtt
  management: GraphQL   http://127.0.0.1:PORT/graphql
  management: REST      http://127.0.0.1:PORT/api/v3
  dashboard: GraphQL    http://127.0.0.1:PORT/graphql
  dashboard: REST       http://127.0.0.1:PORT/api/v3
`;

const CREDENTIALS = `
These credentials were made now and are shown only once:
  application (PORT)    app-ID : SECRET
  dashboard user (PORT)  admin : SECRET
`;

/** Status of a request to a door of the program. */
async function statusOf(one: Run, label: string, name: string, secret: string): Promise<number> {
  const url = `http://${one.address(label)}/api/v3/brokers/`;
  const response = await fetch(url, { headers: { authorization: basic(name, secret) } });
  await response.arrayBuffer();
  return response.status;
}

export function describeStart(built: () => Program): void {
  describe('brokerql start', () => {
    test('prints one summary; the credentials that the first start made are in it, work, and survive', async () => {
      const cwd = newFolder();
      const first = await start(built(), [], { cwd });
      await first.untilPrinted('admin : ');
      expect(normalised(first)).toBe(summaryOf(join(cwd, 'data')) + CREDENTIALS);
      expect(existsSync(join(cwd, 'data'))).toBe(true);
      const [, id = '', secret = ''] = /(app-\w+) : (\w+)/.exec(first.stdout) ?? [];
      const [, password = ''] = /admin : (\w+)/.exec(first.stdout) ?? [];
      expect(await statusOf(first, 'management: REST', id, secret)).toBe(200);
      expect(await statusOf(first, 'dashboard: REST', 'admin', password)).toBe(200);
      expect(await statusOf(first, 'dashboard: REST', id, secret)).toBe(401);
      expect(await statusOf(first, 'management: REST', 'admin', password)).toBe(401);
      expect(await stop(first)).toEqual({ code: 0, signal: null });
      expect(first.stderr).toBe('');

      const second = await start(built(), [], { cwd });
      expect(await statusOf(second, 'management: REST', id, secret)).toBe(200);
      expect(await statusOf(second, 'dashboard: REST', 'admin', password)).toBe(200);
      await stop(second);
      const summary = second.stdout
        .split('\n')
        .filter((line) => !line.startsWith('{'))
        .join('\n');
      expect(normalised({ ...second, stdout: summary })).toBe(summaryOf(join(cwd, 'data')));
    });
  });

  describe('brokerql --help', () => {
    test('prints the commands, flags and settings', async () => {
      const one = run(built(), ['--help']);
      expect(await one.exited).toEqual({ code: 0, signal: null });
      expect(one.stderr).toBe('');
      expect(one.stdout).toMatch(/^brokerql: .*\n\nUsage: brokerql \[command\] \[flags\]\n/);
      expect(one.stdout).toContain('  mqtt.port  --mqtt-port  BROKERQL_MQTT_PORT\n');
    });
  });

  describe('brokerql version', () => {
    test('prints the version', async () => {
      const one = run(built(), ['version']);
      expect(await one.exited).toEqual({ code: 0, signal: null });
      expect([one.stdout, one.stderr]).toEqual([`${version}\n`, '']);
    });
  });
}
