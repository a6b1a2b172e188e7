import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  STATUS_CODES,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { AddressSet } from '../net/address-set.ts';
import { forwardedAddress } from '../net/forwarded.ts';
import { Port, type PortLimits } from '../port.ts';
import type { MqttBroker } from './mqtt-broker.ts';
import { peerOf, type TlsPortOptions } from './mqtt-ports.ts';

const PATH = '/mqtt';

/** Subprotocols of MQTT over WebSocket; `mqttv3.1` is that of MQTT 3.1 [MQTT-6.0.0-3]. */
const SUBPROTOCOLS = ['mqtt', 'mqttv3.1'];

/** Read whenever they are needed. */
export interface WebSocketLimits {
  /** Bytes; a larger frame closes the connection. One that is open keeps the limit that it began with. */
  readonly maxPacketSize: number;
  /** Seconds that a connection may take for its upgrade. */
  readonly connectTimeout: number;
}

export interface WebSocketPortOptions extends PortLimits {
  readonly limits: WebSocketLimits;
  /** Whose X-Forwarded-For is believed, too. */
  readonly proxies: AddressSet;
  /** Says in a sentence why a request with these headers, or an upgrade, is answered 403; null when it may pass. */
  readonly guard: (headers: IncomingHttpHeaders, isTls: boolean) => string | null;
}

/** MQTT over WebSocket at `/mqtt`. */
export function createWebSocketPort(broker: MqttBroker, options: WebSocketPortOptions): Port {
  const server = createHttpServer({ connectionsCheckingInterval: LOOK_INTERVAL });
  return serveUpgrades(broker, new Port('mqtt:ws', server, options), server, options, null);
}

/** MQTT over WebSocket and TLS at `/mqtt`. */
export function createSecureWebSocketPort(broker: MqttBroker, options: WebSocketPortOptions & TlsPortOptions): Port {
  const { certificate, clients } = options;
  const server = createHttpsServer({
    ...certificate.serverOptions(clients),
    connectionsCheckingInterval: LOOK_INTERVAL,
  });
  certificate.serve(server);
  return serveUpgrades(broker, new Port('mqtt:wss', server, options), server, options, options);
}

/** Milliseconds between two looks at connections that have not upgraded yet. */
const LOOK_INTERVAL = 1000;

function serveUpgrades(
  broker: MqttBroker,
  port: Port,
  server: Server,
  { limits, proxies, guard }: WebSocketPortOptions,
  tls: TlsPortOptions | null,
): Port {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    handleProtocols: (protocols) => SUBPROTOCOLS.find((name) => protocols.has(name)) ?? false,
  });
  // Node.js reads them at each look.
  const timeout = { get: () => limits.connectTimeout * 1000 };
  Object.defineProperties(server, { headersTimeout: timeout, requestTimeout: timeout });
  server.on('request', (request, response) => {
    const foreign = guard(request.headers, tls !== null);
    if (foreign !== null) return response.writeHead(403, { 'content-type': 'text/plain' }).end(`${foreign}\n`);
    return response
      .writeHead(426, { 'content-type': 'text/plain', upgrade: 'websocket' })
      .end('MQTT over WebSocket at /mqtt\n');
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const isLate = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
    if (isLate) port.countShutdown('connect_timeout');
    if (isLate) refuseUpgrade(socket, 408, 'no upgrade arrived in time');
    else if (socket.writable) refuseUpgrade(socket, 400, 'this is no request of HTTP');
    else socket.destroy();
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const foreign = guard(request.headers, tls !== null);
    if (foreign !== null) return refuseUpgrade(socket, 403, foreign);
    if (request.url?.split('?')[0] !== PATH) return refuseUpgrade(socket, 404, `MQTT over WebSocket is at ${PATH}`);
    if (!offered(request).some((name) => SUBPROTOCOLS.includes(name))) {
      return refuseUpgrade(socket, 400, 'the subprotocol mqtt is missing');
    }
    const direct = peerOf(port, request.socket, tls ? 'SECURE_WEBSOCKET' : 'WEBSOCKET', !!tls?.commonNameAsUsername);
    const ipAddress = forwardedAddress(direct.ipAddress, request.headers['x-forwarded-for'], proxies);
    const isForwarded = ipAddress !== direct.ipAddress;
    if (isForwarded && !port.enter(ipAddress, request.socket)) {
      return refuseUpgrade(socket, 503, 'there are too many connections from this address');
    }
    const peer = isForwarded ? { ...direct, ipAddress, port: 0 } : direct;
    // The fixed header and its frame come on top of what the packet may have.
    sockets.options.maxPayload = limits.maxPacketSize + 16;
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const stream = createWebSocketStream(webSocket);
      // [MQTT-6.0.0-1]
      webSocket.prependListener('message', (_data, isBinary) => {
        if (!isBinary) stream.destroy(new Error('a text frame, where MQTT needs binary ones'));
      });
      broker.serve(stream, peer, port, request);
    });
  });
  return port;
}

const offered = (request: IncomingMessage): string[] =>
  (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());

function refuseUpgrade(socket: Duplex, status: number, reason: string): void {
  const body = `${reason}\n`;
  const fields = ['Connection: close', 'Content-Type: text/plain', `Content-Length: ${Buffer.byteLength(body)}`];
  // A client that does not close its end keeps nothing open.
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...fields, '', body].join('\r\n'), () => socket.destroy());
}
