import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newFolder, type Program, type RunOptions, run, start, stop } from './program.ts';

export function describeRefusals(built: () => Program): void {
  /** The one line with which a start is refused. */
  async function refusalOf(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const one = run(built(), args, { cwd: newFolder(), ...options });
    expect(await one.exited).toEqual({ code: 1, signal: null });
    expect(one.stdout).toBe('');
    expect(one.stderr).toMatch(/^[^\n]+\n$/);
    return one.stderr.trimEnd();
  }

  describe('a start is refused in one line', () => {
    test('that names the wrong key of the file, variable, value, command or address', async () => {
      const cwd = newFolder();
      writeFileSync(join(cwd, 'settings.yaml'), 'mqtt:\n  prt: 1\n');
      const lines = await Promise.all([
        refusalOf(['start', '--config', 'settings.yaml'], { cwd }),
        refusalOf(['start'], { env: { BROKERQL_MQTT_PROT: '1' } }),
        refusalOf(['start', '--log-level', 'loud']),
        refusalOf(['begin']),
        refusalOf(['start', '--host', '192.0.2.1']),
      ]);
      expect(lines[0]).toMatch(/^config: settings\.yaml: unknown key 'mqtt\.prt'; known keys of 'mqtt': port, ws_port/);
      expect(lines.slice(1)).toEqual([
        "config: unknown environment variable 'BROKERQL_MQTT_PROT'; known ones near it: BROKERQL_MQTT_PORT, BROKERQL_HTTP_PORT, BROKERQL_WS_PORT",
        "config: --log-level must be one of trace, debug, info, warn, error, fatal, silent, not 'loud'",
        "config: unknown command 'begin'; known commands: start, user, app, backup, restore, store, config, help, version",
        'listen EADDRNOTAVAIL: address not available 192.0.2.1:1883',
      ]);
    });

    test('for a data folder that another process has open; that one goes on', async () => {
      const cwd = newFolder();
      const first = await start(built(), [], { cwd });
      expect(await refusalOf(['start'], { cwd })).toBe("data folder './data' is in use by another process");
      expect((await fetch(`http://${first.address('management: REST').replace('/api', '')}/status`)).status).toBe(200);
      expect(await stop(first)).toEqual({ code: 0, signal: null });
    });

    test('for a port that is in use', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      const names = ['MQTT_PORT', 'WS_PORT', 'HTTP_PORT', 'DASHBOARD_PORT'];
      const env = Object.fromEntries(
        names.map((name) => [`BROKERQL_${name}`, name === 'DASHBOARD_PORT' ? String(port) : '0']),
      );
      const cwd = newFolder();
      expect(await refusalOf(['start'], { cwd, env })).toBe(`port ${port} on 127.0.0.1 is in use by another process`);
      server.close();
      // Nobody was told of credentials, so the next start makes them.
      const next = await start(built(), [], { cwd });
      await next.untilPrinted('admin : ');
      await stop(next);
    });
  });
}
