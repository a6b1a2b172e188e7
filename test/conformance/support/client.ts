import type { Duplex } from 'node:stream';
import mqttPacket, { type IPublishPacket, type Packet } from 'mqtt-packet';

export type Qos = 0 | 1 | 2;
type Cmd = NonNullable<Packet['cmd']>;
/** A packet as it was read, with the bytes that it was read from. */
export type Received<C extends Cmd = Cmd> = Extract<Packet, { cmd: C }> & { readonly bytes: Buffer };

interface Waiting {
  resolve(packet: Received): void;
  reject(error: Error): void;
}

/** A message in one line, as `topic=payload q1`, with ` retain` and ` dup` where the flags say so. */
export const line = ({ topic, payload, qos, retain, dup }: IPublishPacket): string =>
  `${topic}=${payload} q${qos}${retain ? ' retain' : ''}${dup ? ' dup' : ''}`;

export interface Sent {
  readonly payload?: string | Buffer;
  readonly retain?: boolean;
  readonly dup?: boolean;
  readonly messageId?: number;
}

export const publish = (topic: string, qos: Qos, { payload = 'x', messageId = 1, ...flags }: Sent = {}): Packet => ({
  cmd: 'publish',
  topic,
  payload,
  qos,
  dup: false,
  retain: false,
  ...(qos === 0 ? {} : { messageId }),
  ...flags,
});

export const subscribe = (messageId: number, ...filters: readonly (readonly [string, Qos])[]): Packet => ({
  cmd: 'subscribe',
  messageId,
  subscriptions: filters.map(([topic, qos]) => ({ topic, qos })),
});

export const unsubscribe = (messageId: number, ...unsubscriptions: readonly string[]): Packet => ({
  cmd: 'unsubscribe',
  messageId,
  unsubscriptions: [...unsubscriptions],
});

export const acknowledge = (
  cmd: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp',
  messageId: number | undefined,
): Packet => ({
  cmd,
  messageId: messageId ?? 0,
});

/**
 * The network connection of a client that says only what its test says. Packets come out in the order in which they
 * arrived; one that is not the expected one fails the test, and so does one that is no MQTT.
 */
export class Client {
  readonly socket: Duplex;
  /** Resolves when the connection is over, whoever ended it. */
  readonly closed: Promise<void>;
  clientId = '';
  sessionPresent = false;
  isClosed = false;
  readonly #parser = mqttPacket.parser();
  #unread: Buffer = Buffer.alloc(0);
  #frame: Buffer = Buffer.alloc(0);
  #fault: Error | null = null;
  readonly #arrived: Received[] = [];
  readonly #waiting: Waiting[] = [];
  #lastId = 0;

  constructor(socket: Duplex) {
    this.socket = socket;
    this.#parser.on('packet', (packet) => this.#arrive(Object.assign(packet, { bytes: this.#frame }) as Received));
    this.#parser.on('error', (error) => this.#fail(error));
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    // A reset is one of the ways in which a broker ends a connection.
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.isClosed = true;
        this.#fail(new Error('the broker closed the connection'));
        resolve();
      });
    });
  }

  /** Writes packets, or bytes as they are, in one piece. */
  write(...packets: readonly (Packet | Buffer)[]): void {
    this.socket.write(Buffer.concat(packets.map((one) => (Buffer.isBuffer(one) ? one : mqttPacket.generate(one)))));
  }

  /** The next packet, whatever it is. */
  async take(): Promise<Received> {
    const packet = this.#arrived.shift();
    if (packet) return packet;
    if (this.#fault) throw this.#fault;
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** The next packet, which has to be of this kind. */
  async next<C extends Cmd>(cmd: C): Promise<Received<C>> {
    const packet = await this.take();
    if (packet.cmd !== cmd) throw new Error(`${cmd} expected, but ${described(packet)} came`);
    return packet as Received<C>;
  }

  /** The next packets, which have to be of this kind. */
  async nextOf<C extends Cmd>(count: number, cmd: C): Promise<Received<C>[]> {
    const packets: Received<C>[] = [];
    while (packets.length < count) packets.push(await this.next(cmd));
    return packets;
  }

  ask<C extends Cmd>(packet: Packet | Buffer, answer: C): Promise<Received<C>> {
    this.write(packet);
    return this.next(answer);
  }

  /** Resolves when the broker has worked off what was written before; fails when anything else came meanwhile. */
  async settle(): Promise<void> {
    await this.ask({ cmd: 'pingreq' }, 'pingresp');
  }

  /** A packet id that this client has not used yet. */
  get freeId(): number {
    return ++this.#lastId;
  }

  /** The return codes of the SUBACK. */
  async subscribe(...filters: readonly (readonly [string, Qos])[]): Promise<readonly unknown[]> {
    return (await this.ask(subscribe(this.freeId, ...filters), 'suback')).granted;
  }

  async unsubscribe(...filters: readonly string[]): Promise<void> {
    await this.ask(unsubscribe(this.freeId, ...filters), 'unsuback');
  }

  /** Publishes with all that the QoS asks for, and resolves when the broker has taken the message. */
  async publish(topic: string, qos: Qos, sent: Sent = {}): Promise<void> {
    const messageId = sent.messageId ?? this.freeId;
    const packet = publish(topic, qos, { ...sent, messageId });
    if (qos === 0) this.write(packet);
    if (qos === 1) await this.ask(packet, 'puback');
    if (qos === 2) await this.ask(packet, 'pubrec');
    if (qos === 2) await this.ask(acknowledge('pubrel', messageId), 'pubcomp');
  }

  /** The next message in one line, acknowledged as its QoS asks. */
  async message(): Promise<string> {
    const packet = await this.next('publish');
    if (packet.qos === 1) this.write(acknowledge('puback', packet.messageId));
    if (packet.qos === 2) await this.ask(acknowledge('pubrec', packet.messageId), 'pubrel');
    if (packet.qos === 2) this.write(acknowledge('pubcomp', packet.messageId));
    return line(packet);
  }

  /** What came before the broker closed the connection, a CONNACK with its code. */
  async untilClosed(): Promise<string[]> {
    await this.closed;
    return this.#arrived.splice(0).map(described);
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

  #read(chunk: Buffer): void {
    this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    for (;;) {
      const length = frameLength(this.#unread);
      if (length === null || length > this.#unread.length) return;
      this.#frame = this.#unread.subarray(0, length);
      this.#unread = this.#unread.subarray(length);
      this.#parser.parse(this.#frame);
    }
  }

  #arrive(packet: Received): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting.resolve(packet);
    else this.#arrived.push(packet);
  }

  #fail(error: Error): void {
    this.#fault ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#fault);
  }
}

function described(packet: Packet): string {
  if (packet.cmd === 'connack') return `connack ${packet.returnCode}`;
  return packet.cmd === 'publish' ? line(packet) : packet.cmd;
}

/** Bytes of the packet at the front; null while its length is not complete. */
function frameLength(bytes: Buffer): number | null {
  let length = 0;
  for (let i = 1; i < 5; i++) {
    const byte = bytes[i];
    if (byte === undefined) return null;
    length += (byte & 127) * 128 ** (i - 1);
    if (byte < 128) return length + i + 1;
  }
  throw new Error('a length of more than four bytes');
}
