import { once } from 'node:events';
import { connect } from 'node:net';
import type { IConnectPacket } from 'mqtt-packet';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { startGateway, type TestGateway } from '../../support/gateway.ts';
import { acknowledge, Client, line, type Qos, subscribe } from './client.ts';

export const connectPacket = (fields: Partial<IConnectPacket> = {}): IConnectPacket => ({
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clean: true,
  clientId: 'client',
  keepalive: 0,
  ...fields,
});

export const will = (topic: string, qos: Qos = 1, retain = false) => ({
  topic,
  payload: Buffer.from('will'),
  qos,
  retain,
});

/** The program under test, and connections to it that end with the test that opened them. */
export interface Broker {
  readonly gateway: TestGateway;
  /** A TCP connection before its CONNECT. */
  open(): Promise<Client>;
  /** A client whose CONNECT was accepted; without an id it gets one of its own. */
  connect(fields?: Partial<IConnectPacket>): Promise<Client>;
  /** What a new connection hears of these bytes until the broker closes it. */
  answersTo(...bytes: readonly Buffer[]): Promise<string[]>;
  /** What an accepted client hears of these bytes until the broker closes the connection. */
  answersToClient(...bytes: readonly Buffer[]): Promise<string[]>;
  /**
   * All messages that reach a client, in lines, each acknowledged. They end with three messages that `publisher` sends
   * behind them, one of each QoS; what a publisher sent before came before.
   */
  received(client: Client, publisher: Client): Promise<string[]>;
}

/** Starts a gateway for the tests of a file. */
export function useBroker(yaml = ''): Broker {
  let gateway: TestGateway;
  let clients: Client[] = [];
  let names = 0;

  beforeAll(async () => {
    gateway = await startGateway(yaml);
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.vanish()));
    clients = [];
  });
  afterAll(() => gateway.close());

  const broker: Broker = {
    get gateway() {
      return gateway;
    },
    async open() {
      const client = await openClient(gateway);
      clients.push(client);
      return client;
    },
    async connect(fields = {}) {
      return enter(await broker.open(), { clientId: `client-${++names}`, ...fields });
    },
    async answersTo(...bytes) {
      const client = await broker.open();
      client.write(...bytes);
      return client.untilClosed();
    },
    async answersToClient(...bytes) {
      const client = await broker.connect();
      client.write(...bytes);
      return client.untilClosed();
    },
    received: (client, publisher) => received(client, publisher, `end/${++names}`),
  };
  return broker;
}

/** A TCP connection to a gateway, which its test has to end. */
export async function openClient({ gateway }: TestGateway): Promise<Client> {
  const socket = connect({ port: gateway.ports.mqtt.port, host: '127.0.0.1', noDelay: true });
  const client = new Client(socket);
  await once(socket, 'connect');
  return client;
}

/** Sends a CONNECT, which has to be accepted. */
export async function enter(client: Client, fields: Partial<IConnectPacket>): Promise<Client> {
  const { returnCode, sessionPresent } = await client.ask(connectPacket(fields), 'connack');
  if (returnCode !== 0) throw new Error(`the CONNECT was refused with ${returnCode}`);
  client.clientId = fields.clientId ?? '';
  client.sessionPresent = sessionPresent;
  return client;
}

async function received(client: Client, publisher: Client, end: string): Promise<string[]> {
  const lines: string[] = [];
  let isSubscribed = false;
  const awaited = new Set(['0', '1', '2']);
  let unreleased = 0;
  client.write(subscribe(client.freeId, [end, 2]));
  while (awaited.size + unreleased > 0) {
    const packet = await client.take();
    switch (packet.cmd) {
      case 'publish':
        if (packet.topic === end) awaited.delete(packet.payload.toString());
        else lines.push(line(packet));
        if (packet.qos === 1) client.write(acknowledge('puback', packet.messageId));
        if (packet.qos === 2) client.write(acknowledge('pubrec', packet.messageId));
        if (packet.qos === 2) unreleased++;
        break;
      case 'pubrel':
        unreleased--;
        client.write(acknowledge('pubcomp', packet.messageId));
        break;
      case 'suback':
        if (isSubscribed) throw new Error('a second SUBACK came');
        isSubscribed = true;
        for (const qos of [0, 1, 2] as const) await publisher.publish(end, qos, { payload: `${qos}` });
        break;
      default:
        throw new Error(`a message expected, but ${packet.cmd} came`);
    }
  }
  return lines;
}
