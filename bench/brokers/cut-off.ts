import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Broker } from './broker.ts';
import type { Running } from './running.ts';

/**
 * The broker behind a wire that breaks: it is started once and lives on, and what ends a run of it only cuts all of its
 * connections.
 */
export function cutOff(broker: Broker): Broker {
  let inner: Promise<Running> | null = null;
  return {
    name: `${broker.name}, connections cut`,
    async start(folder) {
      inner ??= broker.start(folder);
      const running = await inner;
      const sockets = new Set<Socket>();
      const server = createServer({ noDelay: true }, (near) => {
        const far = connect({ port: running.port, host: '127.0.0.1', noDelay: true });
        for (const [one, other] of [
          [near, far],
          [far, near],
        ] as const) {
          sockets.add(one);
          one.on('error', () => {});
          one.once('close', () => other.destroy());
          one.pipe(other);
        }
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return {
        pid: running.pid,
        port: (server.address() as AddressInfo).port,
        get output() {
          return running.output;
        },
        async end() {
          server.close();
          await Promise.all(
            Array.from(sockets, (socket) => {
              if (socket.closed) return null;
              socket.destroy();
              return once(socket, 'close');
            }),
          );
        },
      };
    },
  };
}
