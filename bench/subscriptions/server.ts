import '../../src/production.ts';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { execute, type GraphQLSchema, subscribe } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Taps } from '../../src/broker/taps.ts';
import { openHouse } from '../house.ts';
import { TOPIC } from './way.ts';

/**
 * The process of `fanOut`: the program, and beside its own door one that delivers its messages in another way. Prints the
 * ports of MQTT and of the door that was asked for.
 */

type Message = { readonly topic: string; readonly payload: Buffer; readonly qos: number; readonly publishedAt: number };

/** What graphql-js wants of a source: as most servers have it, a queue for each subscriber. */
function iterate(taps: Taps, topicFilter: string): AsyncIterableIterator<Message> {
  const queue: Message[] = [];
  let wake: ((result: IteratorResult<Message>) => void) | null = null;
  const end = taps.listen(topicFilter, (message) => {
    if (wake) wake({ done: false, value: message });
    else queue.push(message);
    wake = null;
  });
  return {
    next() {
      const value = queue.shift();
      if (value) return Promise.resolve({ done: false, value });
      return new Promise((resolve) => {
        wake = resolve;
      });
    },
    async return() {
      end();
      wake?.({ done: true, value: undefined });
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** graphql-ws over graphql-js, with the schema of the program. */
function servePlain(server: WebSocketServer, schema: GraphQLSchema, taps: Taps): void {
  const field = schema.getSubscriptionType()?.getFields().messages;
  if (!field) throw new Error('the schema has no messages to follow');
  field.subscribe = (_, { topicFilter }) => iterate(taps, topicFilter as string);
  useServer({ schema, execute, subscribe }, server);
}

/** One text for all, and `send` for each: what no server can leave out that uses `ws` as it is. */
function serveRaw(server: WebSocketServer, taps: Taps): void {
  const sockets = new Set<WebSocket>();
  server.options.handleProtocols = (protocols) => [...protocols][0] ?? false;
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const { type, id } = JSON.parse(String(data));
      if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
      if (type === 'ping') socket.send('{"type":"pong"}');
      if (id) sockets.add(socket);
    });
    socket.on('close', () => sockets.delete(socket));
  });
  const id = '00000000-0000-0000-0000-000000000000';
  taps.listen(TOPIC, ({ topic, payload, qos, publishedAt }) => {
    const messages = {
      topic,
      qos,
      publishedAt: new Date(publishedAt).toISOString(),
      payload: { text: String(payload) },
    };
    const text = JSON.stringify({ id, type: 'next', payload: { data: { messages } } });
    for (const socket of sockets) socket.send(text);
  });
}

async function serve(way: string): Promise<void> {
  const house = await openHouse();
  const say = (port: number): boolean => process.stdout.write(`mqtt ${house.mqtt.port} graphql ${port}\n`);
  if (way === 'engine') {
    say(house.management.port);
    return;
  }
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  if (way === 'plain') servePlain(server, house.schema, house.broker.taps);
  else serveRaw(server, house.broker.taps);
  const http = createServer().listen(0, '127.0.0.1');
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    server.handleUpgrade(request, socket, head, (webSocket) => server.emit('connection', webSocket, request)),
  );
  await once(http, 'listening');
  say((http.address() as AddressInfo).port);
}

await serve(process.argv[2] ?? '');
