import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Broker } from './broker.ts';
import { launch } from './running.ts';

/** What the tables say of mosquitto's settings. */
export const MOSQUITTO_SETTINGS =
  'mosquitto: persistence on, autosave_interval at its default of 30 minutes (its queues are in memory until then)';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

// As wide open as the others: no bound of a queue, as many messages in flight as brokerql has, and no Nagle.
const configuration = (folder: string, port: number): string =>
  `listener ${port} 127.0.0.1
user ${userInfo().username}
allow_anonymous true
persistence true
persistence_location ${folder}/
set_tcp_nodelay true
max_queued_messages 0
max_queued_bytes 0
max_inflight_messages 32
log_type notice
log_type information
log_type error
`;

/** Version of the mosquitto on the search path; null where there is none. */
function installed(): string | null {
  const { stdout } = spawnSync('mosquitto', ['-h'], { encoding: 'utf8' });
  return /^mosquitto version (\S+)/.exec(stdout ?? '')?.[1] ?? null;
}

/** The mosquitto on the search path, or null. */
export function mosquitto(): Broker | null {
  const version = installed();
  if (version === null) return null;
  return {
    name: 'mosquitto',
    async start(folder) {
      const port = await freePort();
      const file = join(folder, 'mosquitto.conf');
      writeFileSync(file, configuration(folder, port));
      return launch({
        command: 'mosquitto',
        args: ['-c', file],
        portIn: (output) => (/mosquitto version \S+ running/.test(output) ? port : null),
      });
    },
  };
}
