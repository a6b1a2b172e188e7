import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { createWebSocketStream, WebSocket } from 'ws';
import { type BrokerLimits, MqttBroker } from '../../src/broker/mqtt-broker.ts';
import { Cluster } from '../../src/cluster/cluster.ts';
import type { Domain } from '../../src/domain.ts';
import type { Port } from '../../src/port.ts';
import { SessionStore } from '../../src/store/session-store.ts';
import { openStore } from '../../src/store/store.ts';
import { NODE, testConfig } from '../support/gateway.ts';
import { createNode } from '../support/node.ts';
import { type ConnectFields, connectPacket, Wire } from './wire.ts';

/** A broker with ports of its own, and nothing of HTTP around it. */
export interface House {
  readonly broker: MqttBroker;
  readonly domain: Domain;
  close(): Promise<void>;
}

/** Opens a broker; `createPorts` makes its ports, which listen on free ones. */
export async function openHouse(
  createPorts: (broker: MqttBroker) => readonly Port[],
  limits: Partial<BrokerLimits> = {},
): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
  const data = await openStore(folder);
  const store = await SessionStore.open(data.database);
  const allLimits = { ...testConfig('unused').mqtt, ...limits };
  const broker = new MqttBroker({
    nodeName: NODE,
    limits: allLimits,
    allowAnonymous: true,
    store,
    onClientFault: () => {},
    onFault: (error) => {
      throw error;
    },
  });
  const ports = createPorts(broker);
  const node = await createNode(broker, ports, data);
  await broker.start();
  for (const port of ports) await port.listen('127.0.0.1', 0);
  return {
    broker,
    domain: new Cluster(node, [], allLimits, () => []),
    async close() {
      for (const port of ports) port.stopAccepting();
      await broker.close();
      await Promise.all(ports.map((port) => port.close()));
      await data.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A TCP connection to a port from an address of the loopback network. */
export async function openSocket({ port }: Port, localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** TLS on a socket that is connected, which rejects when the server does not prove to be localhost. */
export async function secure(socket: Socket, options: ConnectionOptions): Promise<TLSSocket> {
  const tls = connectTls({ socket, servername: 'localhost', ...options });
  await once(tls, 'secureConnect');
  return tls;
}

/** Sends a CONNECT, which has to be accepted. */
export async function enter(socket: Socket, fields: ConnectFields = {}): Promise<Wire> {
  const wire = new Wire(socket);
  const { returnCode } = await wire.ask(connectPacket(fields), 'connack');
  if (returnCode !== 0) throw new Error(`refused with ${returnCode}`);
  return wire;
}

/** An upgrade to MQTT over WebSocket on a socket that is connected. Rejects with the status of a refusal. */
export async function upgrade(socket: Socket, headers: Record<string, string> = {}): Promise<Socket> {
  const webSocket = new WebSocket('ws://localhost/mqtt', ['mqtt'], { createConnection: () => socket, headers });
  await new Promise<void>((resolve, reject) => {
    webSocket.once('open', resolve);
    webSocket.once('unexpected-response', (_request, response) => reject(new Error(`status ${response.statusCode}`)));
    webSocket.on('error', reject);
  });
  const stream = createWebSocketStream(webSocket);
  webSocket.once('close', () => stream.destroy());
  // A test uses of it what all streams have.
  return stream as unknown as Socket;
}

/** What a stranger is answered to an upgrade: its status and its sentence. */
export async function refusedUpgrade(port: Port, headers: Record<string, string>): Promise<string> {
  const socket = await openSocket(port);
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const fixed = 'connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n';
  const key = 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: mqtt\r\n';
  socket.write(`GET /mqtt HTTP/1.1\r\n${fixed}${key}${lines.join('')}\r\n`);
  const answer = await text(socket);
  return `${answer.split(' ', 2)[1]} ${answer.split('\r\n\r\n')[1]?.trim()}`;
}
