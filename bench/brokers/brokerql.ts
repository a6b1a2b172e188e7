import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Broker } from './broker.ts';
import { launch } from './running.ts';

/** The program that `npm run bench` has built. */
export const BUILT = join(import.meta.dirname, '../../src/main.js');

/** How the program is run. */
export interface Setting {
  readonly name?: string;
  /** Variables of the environment, such as BROKERQL_DURABILITY. */
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments of Node.js itself. */
  readonly node?: readonly string[];
}

/** The program as a user starts it, on free ports. */
export const brokerql = (main: string, { name = 'brokerql', env = {}, node = [] }: Setting = {}): Broker => ({
  name,
  start: (folder) =>
    launch({
      command: process.execPath,
      args: [...node, main, 'start', `--data-dir=${join(folder, 'data')}`, '--log-level=warn'],
      env: {
        BROKERQL_MQTT_PORT: '0',
        BROKERQL_WS_PORT: '0',
        BROKERQL_HTTP_PORT: '0',
        BROKERQL_DASHBOARD_PORT: '0',
        ...env,
      },
      portIn(output) {
        // The summary is complete with its last line.
        if (!output.includes('dashboard: REST')) return null;
        const port = / mqtt:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1];
        return port === undefined ? null : Number(port);
      },
    }),
});

/** Whether the program has a setting with this variable. */
export function hasSetting(main: string, variable: string): boolean {
  const { stdout } = spawnSync(process.execPath, [main, '--help'], { encoding: 'utf8' });
  return stdout.split(/\s+/).includes(variable);
}
