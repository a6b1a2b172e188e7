import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createLookup, type LookupAll } from '../../net/link-local.ts';
import { datagrams, StatsdLines } from './lines.ts';
import type { Sender } from './sender.ts';

export interface StatsdServerOptions {
  /** `host:port`; IPv6 stands in brackets. */
  readonly server: string;
  /** What names begin with. */
  readonly prefix: string;
  /** Whether the server may have a link-local address. */
  readonly allowLinkLocal: boolean;
  /** How names become addresses; that of the system unless given. */
  readonly lookup?: LookupAll | undefined;
}

/**
 * Sends to a StatsD server over UDP, which answers nothing. That nobody is there the system tells after a sending, if it
 * knows; then the next one rejects, having been sent nevertheless, to the address that the name has by then.
 */
export function createStatsdServer({ server, prefix, allowLinkLocal, lookup }: StatsdServerOptions): Sender {
  const { hostname, port } = new URL(`udp://${server}`);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const resolve = createLookup(allowLinkLocal, lookup);
  const lines = new StatsdLines(prefix);
  let socket: Socket | null = null;
  let fault: Error | null = null;
  /** Something failed since the socket was opened. */
  let isDoubtful = false;
  let isClosed = false;

  function leave(): void {
    socket?.close();
    socket = null;
    isDoubtful = false;
  }

  async function connect(): Promise<Socket> {
    const { address, type } = await new Promise<{ address: string; type: 'udp4' | 'udp6' }>((found, failed) =>
      resolve(host, {}, (error, first, family) =>
        error ? failed(error) : found({ address: String(first), type: family === 6 ? 'udp6' : 'udp4' }),
      ),
    );
    const opened = createSocket(type).unref();
    try {
      // A connected socket hears of a port that nobody has.
      opened.connect(Number(port), address);
      await once(opened, 'connect');
    } catch (error) {
      opened.close();
      throw error;
    }
    opened.on('error', (error) => {
      fault = error;
      isDoubtful = true;
    });
    return opened;
  }

  return {
    target: `the StatsD server at ${server}`,
    async send(exposition) {
      const series = await exposition.series();
      let refused = fault;
      fault = null;
      if (isDoubtful) leave();
      const open = socket ?? (await connect());
      if (isClosed) {
        open.close();
        return;
      }
      socket = open;
      for (const datagram of datagrams(lines.lines(series))) {
        // The first one that is sent after the system has told is not sent itself.
        const failure = await sent(open, datagram);
        if (failure) isDoubtful = true;
        refused = failure ?? refused;
      }
      if (refused) throw refused;
    },
    close: async () => {
      isClosed = true;
      leave();
    },
  };
}

const sent = (socket: Socket, datagram: string): Promise<Error | null> =>
  new Promise((resolve) => socket.send(datagram, (error) => resolve(error)));
