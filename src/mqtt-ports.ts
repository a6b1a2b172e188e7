import type { MqttBroker } from './broker/mqtt-broker.ts';
import { createTcpPort, createTlsPort } from './broker/mqtt-ports.ts';
import { createSecureWebSocketPort, createWebSocketPort } from './broker/websocket-ports.ts';
import type { Config } from './config/settings.ts';
import { guardOf } from './doors.ts';
import { createAddressSet } from './net/address-set.ts';
import { createConnectionCount } from './net/connection-count.ts';
import type { Port } from './port.ts';
import type { ServedCertificate } from './tls/served-certificate.ts';

/** The ports of MQTT; those of TLS only with a certificate. */
export interface MqttPorts {
  readonly mqtt: Port;
  readonly webSocket: Port;
  readonly tls: Port | null;
  readonly secureWebSocket: Port | null;
}

/** Builds the ports of MQTT that a configuration describes, whose connections are counted together. */
export function createMqttPorts(config: Config, broker: MqttBroker, certificate: ServedCertificate | null): MqttPorts {
  const { mqtt, tls } = config;
  const limits = {
    connections: createConnectionCount(mqtt),
    proxies: createAddressSet(config.proxies, 'proxies'),
    proxyProtocol: mqtt.proxyProtocol === 'on',
  };
  const webSocket = {
    ...limits,
    limits: mqtt,
    guard: guardOf(config),
  };
  const secure = certificate && {
    certificate,
    clients: tls.verify,
    commonNameAsUsername: mqtt.tlsCnAsUsername === 'on',
  };
  return {
    mqtt: createTcpPort(broker, limits),
    webSocket: createWebSocketPort(broker, webSocket),
    tls: secure && createTlsPort(broker, { ...limits, ...secure }),
    secureWebSocket: secure && createSecureWebSocketPort(broker, { ...webSocket, ...secure }),
  };
}
