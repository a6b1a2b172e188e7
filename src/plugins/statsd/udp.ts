import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { datagrams, StatsdLines } from './lines.ts';
import type { Sender } from './sender.ts';

/**
 * Sends to a StatsD server over UDP, which answers nothing. That nobody is there the system tells after a sending, if it
 * knows; then the next one rejects, having been sent nevertheless.
 */
export function createStatsdServer(server: string, prefix: string): Sender {
  const { hostname, port } = new URL(`udp://${server}`);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const lines = new StatsdLines(prefix);
  let socket: Socket | null = null;
  let fault: Error | null = null;
  let isClosed = false;

  async function connect(): Promise<Socket> {
    const { address, family } = await lookup(host);
    const opened = createSocket(family === 6 ? 'udp6' : 'udp4').unref();
    opened.on('error', (error) => {
      fault = error;
    });
    // A connected socket hears of a port that nobody has.
    opened.connect(Number(port), address);
    await once(opened, 'connect');
    if (isClosed) opened.close();
    return opened;
  }

  return {
    target: `the StatsD server at ${server}`,
    async send(exposition) {
      const series = await exposition.series();
      socket ??= await connect();
      let refused = fault;
      fault = null;
      for (const datagram of datagrams(lines.lines(series))) {
        // The first one that is sent after the system has told is not sent itself.
        refused = (await sent(socket, datagram)) ?? refused;
      }
      if (refused) throw refused;
    },
    close: async () => {
      isClosed = true;
      socket?.close();
    },
  };
}

const sent = (socket: Socket, datagram: string): Promise<Error | null> =>
  new Promise((resolve) => socket.send(datagram, (error) => resolve(error)));
