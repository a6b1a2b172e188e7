import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { createWebSocketStream, WebSocket } from 'ws';
import { enter, useBroker, will } from './support/broker.ts';
import { connectBytes, field, packet, publishBytes, subscribeBytes } from './support/bytes.ts';
import { Client, line } from './support/client.ts';

const broker = useBroker();
let sockets: WebSocket[] = [];

afterEach(() => {
  for (const socket of sockets) socket.terminate();
  sockets = [];
});

function upgrade(protocols: readonly string[]): WebSocket {
  const { port } = broker.gateway.gateway.ports.webSocket;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/mqtt`, [...protocols]);
  socket.on('error', () => {});
  sockets.push(socket);
  return socket;
}

/** A WebSocket of which a test writes every frame, and the client that reads what comes. */
async function open(protocols: readonly string[] = ['mqtt']): Promise<{ socket: WebSocket; client: Client }> {
  const socket = upgrade(protocols);
  // Before the socket opens, so that no frame comes before the stream listens.
  const stream: Duplex = createWebSocketStream(socket);
  const client = new Client(stream);
  socket.once('close', () => stream.destroy());
  await once(socket, 'open');
  return { socket, client };
}

describe('6 MQTT over WebSocket', () => {
  test('[MQTT-6.0.0-1] packets come in binary frames', async () => {
    const { socket, client } = await open();
    const kinds: boolean[] = [];
    socket.on('message', (_, isBinary) => kinds.push(isBinary));
    await enter(client, { clientId: 'binary' });
    await client.settle();
    expect([...new Set(kinds)]).toEqual([true]);
  });

  test('[MQTT-6.0.0-1] a text frame ends the connection, as a fault', async () => {
    const watcher = await broker.connect();
    await watcher.subscribe(['text', 1]);
    const { socket, client } = await open();
    await enter(client, { clientId: 'text', will: will('text') });
    socket.send('text');
    expect(await client.untilClosed()).toEqual([]);
    expect(await watcher.message()).toBe('text=will q1');
  });

  test('[MQTT-6.0.0-1] a text frame in place of the CONNECT ends the connection', async () => {
    const { socket, client } = await open();
    socket.send(connectBytes().toString('latin1'));
    expect(await client.untilClosed()).toEqual([]);
  });

  test('[MQTT-6.0.0-2] a packet may come in many frames', async () => {
    const { socket, client } = await open();
    for (const byte of Buffer.concat([connectBytes(), subscribeBytes(['pieces', 0]), publishBytes('pieces')])) {
      socket.send(Buffer.from([byte]));
    }
    await client.next('connack');
    await client.next('suback');
    expect(line(await client.next('publish'))).toBe('pieces=x q0');
  });

  test('[MQTT-6.0.0-2] many packets may come in one frame, and a part of the next', async () => {
    const { socket, client } = await open();
    const ping = packet(0xc0);
    const bytes = Buffer.concat([
      connectBytes({ payload: [field('frame')] }),
      subscribeBytes(['frame', 0]),
      publishBytes('frame'),
      ping,
      ping,
    ]);
    socket.send(bytes.subarray(0, -3));
    await client.next('connack');
    await client.next('suback');
    expect(line(await client.next('publish'))).toBe('frame=x q0');
    socket.send(bytes.subarray(-3));
    await client.nextOf(2, 'pingresp');
  });

  test('[MQTT-6.0.0-3] a client that does not offer mqtt is refused', async () => {
    const [, response] = await once(upgrade(['chat']), 'unexpected-response');
    expect((response as { statusCode: number }).statusCode).toBe(400);
  });

  test.each([[['mqtt']], [['chat', 'mqtt']], [['mqtt', 'chat']]])(
    '[MQTT-6.0.0-4] of %j the broker selects mqtt',
    async (protocols) => {
      const { socket, client } = await open(protocols);
      expect(socket.protocol).toBe('mqtt');
      await enter(client, { clientId: 'selected' });
    },
  );

  test('[MQTT-7.1.1-1] messages pass between WebSocket and TCP in order', async () => {
    const { client } = await open();
    await enter(client, { clientId: 'over-websocket' });
    await client.subscribe(['across', 1]);
    const publisher = await broker.connect();
    for (let i = 0; i < 100; i++) await publisher.publish('across', 1, { payload: `${i}` });
    expect(await broker.received(client, publisher)).toEqual(Array.from({ length: 100 }, (_, i) => `across=${i} q1`));
  });
});
