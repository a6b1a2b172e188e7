import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import mqttPacket, { type IConnectPacket, type Packet } from 'mqtt-packet';
import type { TestGateway } from '../support/gateway.ts';

type Cmd = NonNullable<Packet['cmd']>;
type Of<C extends Cmd> = Extract<Packet, { cmd: C }>;

/** What a test may say in a CONNECT; the types of mqtt-packet leave the bridge flag out. */
export type ConnectFields = Partial<IConnectPacket> & { readonly bridgeMode?: boolean };

export const connectPacket = (fields: ConnectFields = {}): IConnectPacket => ({
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clean: true,
  clientId: 'wire',
  keepalive: 0,
  ...fields,
});

export const publishPacket = (topic: string, qos: 0 | 1 | 2 = 0, messageId?: number, payload = 'x') => ({
  cmd: 'publish' as const,
  topic,
  payload,
  qos,
  dup: false,
  retain: false,
  ...(messageId === undefined ? {} : { messageId }),
});

export const subscribePacket = (messageId: number, ...filters: readonly (readonly [string, 0 | 1 | 2])[]) => ({
  cmd: 'subscribe' as const,
  messageId,
  subscriptions: filters.map(([topic, qos]) => ({ topic, qos })),
});

/** A CONNECT with clean session 0 and no client id, which no client library lets pass [MQTT-3.1.3-8]. */
export const NAMELESS_PERSISTENT_CONNECT = Buffer.from('100c00044d515454040000000000', 'hex');

/** An MQTT client of which a test writes every packet and reads every answer; it does nothing on its own. */
export class Wire {
  readonly socket: Socket;
  /** Resolves when the connection is over, whoever ended it. */
  readonly closed: Promise<void>;
  readonly #arrived: Packet[] = [];
  readonly #waiting: { resolve(packet: Packet): void; reject(error: Error): void }[] = [];
  #isClosed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    const parser = mqttPacket.parser();
    parser.on('packet', (packet) => {
      const waiting = this.#waiting.shift();
      if (waiting) waiting.resolve(packet);
      else this.#arrived.push(packet);
    });
    socket.on('data', (chunk) => parser.parse(chunk));
    // A reset is one of the ways in which the broker ends a connection.
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#isClosed = true;
        for (const { reject } of this.#waiting.splice(0)) reject(new Error('the connection was closed'));
        resolve();
      });
    });
  }

  /** Writes packets, or bytes as they are, in one piece. */
  write(...packets: readonly (Packet | Buffer)[]): void {
    const bytes = packets.map((packet) => (Buffer.isBuffer(packet) ? packet : mqttPacket.generate(packet)));
    this.socket.write(Buffer.concat(bytes));
  }

  /** The next packet from the broker, whatever it is. */
  async take(): Promise<Packet> {
    return this.#arrived.shift() ?? this.#coming();
  }

  /** The next packet from the broker, which has to be of this kind. */
  async next<C extends Cmd>(cmd: C): Promise<Of<C>> {
    const packet = await this.take();
    if (packet.cmd !== cmd) throw new Error(`${cmd} expected, ${packet.cmd} came`);
    return packet as Of<C>;
  }

  #coming(): Promise<Packet> {
    if (this.#isClosed) return Promise.reject(new Error('the connection was closed'));
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  ask<C extends Cmd>(packet: Packet | Buffer, answer: C): Promise<Of<C>> {
    this.write(packet);
    return this.next(answer);
  }

  /** Resolves when the broker has worked off what was written before; fails when anything else came meanwhile. */
  async settle(): Promise<void> {
    await this.ask({ cmd: 'pingreq' }, 'pingresp');
  }

  async subscribe(...filters: readonly (readonly [string, 0 | 1 | 2])[]): Promise<readonly unknown[]> {
    return (await this.ask(subscribePacket(1000, ...filters), 'suback')).granted;
  }

  async disconnect(): Promise<void> {
    this.write({ cmd: 'disconnect' });
    await this.closed;
  }

  /** Ends the connection without a word. */
  async vanish(): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }
}

/** A TCP connection to the broker, before its CONNECT. */
export async function openWire({ gateway }: TestGateway): Promise<Wire> {
  const socket = connect({ port: gateway.ports.mqtt.port, host: '127.0.0.1', noDelay: true });
  const wire = new Wire(socket);
  await once(socket, 'connect');
  return wire;
}

/** A connection whose CONNECT was accepted. */
export async function connectWire(gateway: TestGateway, fields: ConnectFields = {}): Promise<Wire> {
  const wire = await openWire(gateway);
  const { returnCode } = await wire.ask(connectPacket(fields), 'connack');
  if (returnCode !== 0) throw new Error(`refused with ${returnCode}`);
  return wire;
}
