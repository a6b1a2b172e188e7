import { createServer as createHttpServer, type IncomingMessage, STATUS_CODES } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { Transport } from '../domain.ts';
import { Port } from '../port.ts';
import type { Peer } from './live-connection.ts';
import type { MqttBroker } from './mqtt-broker.ts';

const PATH = '/mqtt';

/** Subprotocols of MQTT over WebSocket; `mqttv3.1` is that of MQTT 3.1 [MQTT-6.0.0-3]. */
const SUBPROTOCOLS = ['mqtt', 'mqttv3.1'];

const peerOf = (socket: Socket, transport: Transport): Peer => ({
  ipAddress: (socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
  port: socket.remotePort ?? 0,
  transport,
});

/** MQTT over TCP. */
export function createTcpPort(broker: MqttBroker, maxConnections: number): Port {
  const server = createTcpServer({ noDelay: true });
  const port = new Port('mqtt:tcp', server, maxConnections);
  server.on('connection', (socket) => broker.serve(socket, peerOf(socket, 'TCP'), port));
  return port;
}

function refuseUpgrade(socket: Duplex, status: number, reason: string): void {
  const body = `${reason}\n`;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

const offered = (request: IncomingMessage): string[] =>
  (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());

/** MQTT over WebSocket at `/mqtt`. A frame larger than `maxPacketSize` closes the connection. */
export function createWebSocketPort(broker: MqttBroker, maxConnections: number, maxPacketSize: number): Port {
  const server = createHttpServer((_request, response) => {
    response
      .writeHead(426, { 'content-type': 'text/plain', upgrade: 'websocket' })
      .end('MQTT over WebSocket at /mqtt\n');
  });
  const port = new Port('mqtt:ws', server, maxConnections);
  const sockets = new WebSocketServer({
    noServer: true,
    // The fixed header and its frame come on top of what the packet may have.
    maxPayload: maxPacketSize + 16,
    perMessageDeflate: false,
    handleProtocols: (protocols) => SUBPROTOCOLS.find((name) => protocols.has(name)) ?? false,
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (request.url?.split('?')[0] !== PATH) return refuseUpgrade(socket, 404, `MQTT over WebSocket is at ${PATH}`);
    if (!offered(request).some((name) => SUBPROTOCOLS.includes(name))) {
      return refuseUpgrade(socket, 400, 'the subprotocol mqtt is missing');
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const stream = createWebSocketStream(webSocket);
      // [MQTT-6.0.0-1]
      webSocket.prependListener('message', (_data, isBinary) => {
        if (!isBinary) stream.destroy(new Error('a text frame, where MQTT needs binary ones'));
      });
      broker.serve(stream, peerOf(request.socket, 'WEBSOCKET'), port, request);
    });
  });
  return port;
}
