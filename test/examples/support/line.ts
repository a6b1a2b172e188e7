import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A line to a server that can be cut, as a network is. */
export interface Line {
  readonly port: number;
  /** Breaks what is connected, and lets nobody connect until `mend`. */
  cut(): Promise<void>;
  /** Lets connections pass again, to another port if one is given. */
  mend(port?: number): Promise<void>;
}

/** Opens a line on a free port to a port of this machine. */
export async function openLine(to: number): Promise<Line> {
  const sockets = new Set<Socket>();
  let target = to;
  let server: Server;
  const listen = async (port: number): Promise<number> => {
    server = createServer((near) => {
      const far = connect(target, '127.0.0.1');
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(one);
        one.on('error', () => {});
        one.once('close', () => {
          sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  return {
    port,
    async cut() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    async mend(other = target) {
      target = other;
      await listen(port);
    },
  };
}
