import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import mqtt, { type IClientOptions } from 'mqtt';
import type { Port } from '../../../src/port.ts';
import { loadCertificate } from '../../../src/tls/certificate.ts';
import { secure, upgrade } from '../../broker/house.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';
import { Authority } from '../../tls/authority.ts';

/** The listeners of MQTT. */
export const DOORS = ['mqtt:tcp', 'mqtt:ssl', 'mqtt:ws', 'mqtt:wss'] as const;
export type DoorName = (typeof DOORS)[number];

/** Who is trusted to say for whom it speaks. */
export const PROXY = '127.0.0.3';

/** How a client comes: through which door, from where, and for whom the proxy there says that it speaks. */
export interface Way {
  readonly door?: DoorName;
  readonly from?: string;
  readonly header?: string;
}

/** A client that came in, or the return code of the CONNACK that refused it. */
export type Answer = mqtt.MqttClient | number;

/** A gateway with all four listeners of MQTT, behind a proxy or not. */
export interface Doors extends TestGateway {
  /** Sends the CONNECT of a real client, and answers what becomes of it. */
  knock(options: IClientOptions, way?: Way): Promise<Answer>;
  /** The same of a client that has to come in. */
  enter(options: IClientOptions, way?: Way): Promise<mqtt.MqttClient>;
}

/** Opens the doors; `mqttYaml` are lines of the section `mqtt`. `folder` is kept when they close. */
export async function openDoors(mqttYaml: readonly string[] = [], folder?: string): Promise<Doors> {
  const authority = new Authority();
  const { cert, key } = authority.sign('server', '/CN=localhost');
  const section = ['proxy_protocol: on', 'tls_port: 0', 'wss_port: 0', ...mqttYaml].map((line) => `  ${line}\n`);
  const yaml = `proxies: [${PROXY}]\nhttp: {tls_port: 0}\ndashboard: {tls_port: 0}\nmqtt:\n${section.join('')}`;
  const gateway = await startGateway(yaml, { BROKERQL_TLS_CERT: cert, BROKERQL_TLS_KEY: key }, folder);
  const { mqtt: tcp, mqttTls, webSocket, secureWebSocket } = gateway.gateway.ports;
  const ports: Record<DoorName, Port | null> = {
    'mqtt:tcp': tcp,
    'mqtt:ssl': mqttTls,
    'mqtt:ws': webSocket,
    'mqtt:wss': secureWebSocket,
  };
  const ca = loadCertificate(authority.ca).options.cert as string;
  const clients: mqtt.MqttClient[] = [];

  const open = async ({ door = 'mqtt:tcp', from = '127.0.0.1', header }: Way): Promise<Socket> => {
    const socket = connectSocket({ port: ports[door]!.port, host: '127.0.0.1', localAddress: from, noDelay: true });
    socket.on('error', () => {});
    await once(socket, 'connect');
    if (header !== undefined) socket.write(header);
    const inner = door === 'mqtt:ssl' || door === 'mqtt:wss' ? await secure(socket, { ca }) : socket;
    return door === 'mqtt:ws' || door === 'mqtt:wss' ? upgrade(inner) : inner;
  };

  const knock = async (options: IClientOptions, way: Way = {}): Promise<Answer> => {
    const stream = await open(way);
    const client = new mqtt.MqttClient(() => stream as never, { reconnectPeriod: 0, ...options });
    clients.push(client);
    return new Promise((resolve, reject) => {
      client.once('connect', () => resolve(client));
      client.on('error', (error) => ('code' in error ? resolve(error.code as number) : reject(error)));
      client.once('close', () => reject(new Error('closed without an answer')));
    });
  };

  return {
    ...gateway,
    knock,
    async enter(options, way) {
      const answer = await knock(options, way);
      if (typeof answer === 'number') throw new Error(`refused with ${answer}`);
      return answer;
    },
    async close() {
      await Promise.all(clients.map((client) => client.endAsync(true)));
      await gateway.close();
      authority.remove();
    },
  };
}

/** Resolves when the connection of a client is gone. */
export async function gone(client: mqtt.MqttClient): Promise<void> {
  if (client.connected) await new Promise<void>((resolve) => client.once('close', () => resolve()));
}
