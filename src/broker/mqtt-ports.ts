import { createServer as createTcpServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Transport } from '../domain.ts';
import { Port, type PortLimits } from '../port.ts';
import { peerOf as tlsPeerOf } from '../tls/peer.ts';
import type { ClientCertificates, ServedCertificate } from '../tls/served-certificate.ts';
import type { Peer } from './live-connection.ts';
import type { MqttBroker } from './mqtt-broker.ts';

/** How a port speaks TLS. */
export interface TlsPortOptions {
  readonly certificate: ServedCertificate;
  readonly clients: ClientCertificates;
  /** Whether the common name of a verified client certificate takes the place of the CONNECT's user name. */
  readonly commonNameAsUsername: boolean;
}

/** The client behind a socket of `port`, whose certificate is its word where `commonNameAsUsername` says so. */
export function peerOf(port: Port, socket: Socket, transport: Transport, commonNameAsUsername: boolean): Peer {
  const { address, port: number } = port.peerOf(socket);
  const { state, commonName, subject } = tlsPeerOf(socket);
  return {
    ...{ ipAddress: address, port: number, localPort: port.port, transport, peerCertificate: state },
    certifiedName: commonNameAsUsername ? commonName : null,
    certificate: state === 'VERIFIED' ? { commonName, subject } : null,
  };
}

/** MQTT over TCP. */
export function createTcpPort(broker: MqttBroker, options: PortLimits): Port {
  const port: Port = new Port(
    'mqtt:tcp',
    createTcpServer({ noDelay: true }, (socket) => broker.serve(socket, peerOf(port, socket, 'TCP', false), port)),
    options,
  );
  return port;
}

/** MQTT over TLS. A handshake that fails or takes too long is `tls_error` in the port's `shutdownCount`. */
export function createTlsPort(broker: MqttBroker, options: PortLimits & TlsPortOptions): Port {
  const { certificate, clients, commonNameAsUsername } = options;
  const server = createTlsServer({ ...certificate.serverOptions(clients), noDelay: true }, (socket) =>
    broker.serve(socket, peerOf(port, socket, 'TLS', commonNameAsUsername), port),
  );
  certificate.serve(server);
  const port = new Port('mqtt:ssl', server, options);
  return port;
}
