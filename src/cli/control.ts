import { once } from 'node:events';
import { chmod, rm, rmdir } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { carryOut, type Desk } from './carry-out.ts';
import { type ControlAddress, controlAddress, makeOwnFolder } from './control-address.ts';
import { orderSchema, type Reply } from './order.ts';

const MOST_BYTES = 64 * 1024;
const MOST_CONNECTIONS = 16;
/** Milliseconds for an order to come in, and for its answer to be taken. */
const PATIENCE = 5000;
/** Milliseconds between signs of life, to a command that would else give up. */
const SIGN_INTERVAL = 5000;
const LINE_FEED = 0x0a;

/** The local socket over which the command line reaches the running process. */
export interface Control {
  /**
   * Takes orders. A socket file that a killed process left is replaced: call it when the store is open, so that there
   * is no other process. Rejects when the file system has no sockets, or a stranger has made the socket's folder.
   */
  listen(): Promise<void>;
  /** Takes no more orders, ends connections, and removes the socket; to be called before the store closes. */
  close(): Promise<void>;
}

/**
 * Makes the socket of a data folder: one order a connection, a line of JSON of at most 64 KiB that comes within 5 s,
 * and a line of JSON in answer, perhaps behind blanks. At most 16 connections are open at once. Whoever may open it does everything: only the
 * owner of the data folder can. `onFault` is told what was no refusal.
 */
export function createControl(desk: Desk, folder: string, onFault: (fault: unknown) => void): Control {
  const sockets = new Set<Socket>();
  let address: ControlAddress | null = null;

  const answer = async (line: Buffer): Promise<Reply> => {
    const order = orderSchema.safeParse(jsonOf(line));
    if (!order.success) return { result: 'REFUSED', message: 'the running process does not know this command' };
    try {
      return await carryOut(desk, order.data);
    } catch (fault) {
      onFault(fault);
      return { result: 'REFUSED', message: 'unexpected error; the log of the running process has it' };
    }
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    let timer = setTimeout(() => socket.destroy(), PATIENCE);
    socket.once('close', () => {
      clearTimeout(timer);
      sockets.delete(socket);
    });
    socket.on('error', () => socket.destroy());
    readLine(socket, async (line) => {
      clearTimeout(timer);
      // A backup takes long: a sign of life, which JSON passes over.
      const sign = setInterval(() => socket.write(' '), SIGN_INTERVAL);
      const reply = await answer(line);
      clearInterval(sign);
      timer = setTimeout(() => socket.destroy(), PATIENCE);
      socket.end(`${JSON.stringify(reply)}\n`);
      // What comes behind the line is let go, or the end of the connection would not be seen.
      socket.resume();
    });
  });
  server.maxConnections = MOST_CONNECTIONS;

  return {
    async listen() {
      address = await controlAddress(folder);
      await makeOwnFolder(address, folder);
      if (process.platform !== 'win32') await rm(address.path, { force: true });
      server.listen(address.path);
      await once(server, 'listening');
      server.on('error', onFault);
      if (process.platform !== 'win32') await chmod(address.path, 0o600);
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
      // The server removed the socket; a folder that holds something else is left to whoever put it there.
      if (address?.ownFolder != null) await rmdir(address.ownFolder).catch(() => {});
    },
  };
}

/** Reads up to the first line feed, and hands the line on, once; a longer line ends the connection. */
function readLine(socket: Socket, take: (line: Buffer) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  const read = (chunk: Buffer): void => {
    const end = chunk.indexOf(LINE_FEED);
    chunks.push(end < 0 ? chunk : chunk.subarray(0, end));
    length += chunk.length;
    if (length > MOST_BYTES) {
      socket.destroy();
    } else if (end >= 0) {
      socket.off('data', read).pause();
      take(Buffer.concat(chunks));
    }
  };
  socket.on('data', read);
}

function jsonOf(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString());
  } catch {
    return undefined;
  }
}
