import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { generate } from 'mqtt-packet';
import { Frames } from '../wire/frames.ts';
import { SUBACK, typeOf } from '../wire/link.ts';

/** The process that holds the clients of the soak of connections: told to open some, it holds them until told to close. */

export type Task =
  | {
      readonly task: 'open';
      readonly port: number;
      readonly count: number;
      readonly clean: boolean;
      readonly from: string;
    }
  | { readonly task: 'close' };

export type Report = { readonly fault: string | null };

const AT_ONCE = 100;

const sockets: Socket[] = [];

/** Connects a client and subscribes it to a topic of its own; resolves with the SUBACK. */
async function open({ port, clean, from }: Extract<Task, { task: 'open' }>, index: number): Promise<void> {
  const clientId = `${clean ? 'clean' : 'persistent'}-${index}`;
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  sockets.push(socket);
  await new Promise<void>((resolve, reject) => {
    const frames = new Frames((bytes, at) => {
      if (typeOf(bytes[at]!) === SUBACK) resolve();
    });
    socket.on('error', reject);
    socket.once('close', () => reject(new Error(`the server closed the connection of '${clientId}'`)));
    socket.on('data', (chunk) => frames.read(chunk));
    socket.write(generate({ cmd: 'connect', clientId, protocolId: 'MQTT', protocolVersion: 4, clean, keepalive: 0 }));
    socket.write(generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: `soak/${index}`, qos: 1 }] }));
  });
}

async function openAll(task: Extract<Task, { task: 'open' }>): Promise<void> {
  let next = 0;
  const openNext = async (): Promise<void> => {
    while (next < task.count) {
      next += 1;
      await open(task, next);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, openNext));
}

async function closeAll(): Promise<void> {
  const closed = sockets.map((socket) => (socket.closed ? null : once(socket, 'close')));
  for (const socket of sockets.splice(0)) socket.end(generate({ cmd: 'disconnect' }));
  await Promise.all(closed);
}

process.on('message', async (task: Task) => {
  let fault: string | null = null;
  try {
    if (task.task === 'open') await openAll(task);
    else await closeAll();
  } catch (error) {
    fault = (error as Error).message;
  }
  process.send?.({ fault } satisfies Report);
});
process.on('disconnect', () => process.exit());
