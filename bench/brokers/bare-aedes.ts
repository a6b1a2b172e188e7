import { join } from 'node:path';
import type { Broker } from './broker.ts';
import { launch } from './running.ts';

/** aedes as it comes from its package, all in memory. */
export const bareAedes = (setting: { readonly node?: readonly string[] } = {}): Broker => ({
  name: 'aedes',
  start: () =>
    launch({
      command: process.execPath,
      args: [...(setting.node ?? []), join(import.meta.dirname, 'bare-aedes-server.js')],
      portIn(output) {
        const port = /mqtt:\/\/127\.0\.0\.1:(\d+)\n/.exec(output)?.[1];
        return port === undefined ? null : Number(port);
      },
    }),
});
