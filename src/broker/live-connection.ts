import type { Duplex } from 'node:stream';
import mqttPacket, { type IConnectPacket, type Packet } from 'mqtt-packet';
import type { Connection, MetricsCounters, PeerCertificate, RetainedMessage, Transport } from '../domain.ts';
import type { StoredMessage } from '../store/message-codec.ts';
import type { AclCache } from './acl-cache.ts';
import type { AedesClient } from './aedes.ts';
import type { BrokerEvents } from './events.ts';
import { type Acknowledgement, acknowledgementFrame, gather, PINGRESP, PublishFrame, subackFrame } from './frames.ts';
import type { CertifiedClient } from './hooks.ts';
import type { LiveSession } from './live-session.ts';
import { countPublishSent, countReceived, countSent } from './metrics.ts';
import type { Delivery } from './outbox.ts';
import type { Trace, Traced } from './traces.ts';

const ofStream = new WeakMap<object, LiveConnection>();

// aedes writes every packet of its own, such as CONNACK, through this property of the shared module.
const writeToStream = mqttPacket.writeToStream;
const knownWrite = (packet: Packet, stream: NodeJS.WritableStream, options?: object): boolean => {
  const connection = ofStream.get(stream);
  if (connection && packet.cmd === 'connack') connection.completeConnack(packet);
  if (connection) {
    countSent(connection.countPacket(), packet);
    connection.trace?.packet(connection, 'SENT', packet);
    if (packet.cmd === 'pingresp') return connection.answerPing();
  }
  return writeToStream(packet, stream, options);
};
Object.defineProperties(knownWrite, Object.getOwnPropertyDescriptors(writeToStream));
mqttPacket.writeToStream = knownWrite as typeof writeToStream;

/**
 * Answers are small, and each that waits takes many times its size. They are counted in steps, and with so many steps
 * unread a client is read no further.
 */
const STEP = 1024;
const MOST_STEPS = 16;

/** Bytes that may wait for a client to read them; read whenever they are needed. */
export interface Marks {
  /** Before QoS 0 messages are dropped. */
  readonly highWatermark: number;
  /** Before it is disconnected. */
  readonly maxUnread: number;
}

/** The other end of a connection. */
export interface Peer {
  readonly ipAddress: string;
  /** 0 when a proxy did not tell it. */
  readonly port: number;
  readonly transport: Transport;
  readonly peerCertificate: PeerCertificate;
  /** The port that it came to. */
  readonly localPort: number;
  /** Null unless it is verified. */
  readonly certificate: CertifiedClient | null;
  /** The name in its certificate, which takes the place of the CONNECT's; null when the CONNECT's counts. */
  readonly certifiedName: string | null;
}

/** What a connection tells of itself. */
export type ConnectionEvents = Pick<BrokerEvents, 'connackRefused' | 'delivered' | 'acknowledged'>;

/** A message that is written with QoS 0. */
export type FramedMessage = Pick<RetainedMessage, 'topic' | 'payload' | 'clientId' | 'publishedAt'>;

/** A network connection from its first byte; a row of `connections` once its CONNECT was accepted. */
export class LiveConnection implements Connection, Delivery, Traced {
  /** Position in the table; 0 until the CONNECT was accepted. */
  seq = 0;
  session: LiveSession | null = null;
  /** Why the broker ended the connection; null when the client or the network did. */
  endReason: string | null = null;
  /** Whom its packets are told; null while nobody follows its client. */
  trace: Trace | null = null;

  clientId = '';
  username: string | null = null;
  cleanSession = true;
  connectedAt = 0;
  isBridge = false;
  isSuperuser = false;
  aclCache: AclCache | null = null;
  keepalive = 0;
  readonly mountpoint = null;
  /** What is published when the connection ends without a DISCONNECT; null without a will. */
  will: StoredMessage | null = null;
  protocolName = 'MQTT';
  protocolVersion = 4;
  readonly peerCertificate: PeerCertificate;
  readonly zone = 'external';
  readonly nodeName: string;
  readonly ipAddress: string;
  readonly port: number;
  readonly transport: Transport;
  readonly certifiedName: string | null;
  readonly certificate: CertifiedClient | null;
  readonly localPort: number;

  bytesReceived = 0;
  bytesSent = 0;
  socketReads = 0;
  socketWrites = 0;
  packetsReceived = 0;
  packetsSent = 0;
  messagesReceived = 0;
  messagesSent = 0;

  /** What the CONNECT said of a session that is there: aedes knows of subscriptions only [MQTT-3.2.2-2]. */
  isSessionPresent = false;
  /** Its end is noted, or being noted. */
  isEnded = false;
  /** Resolves when the connection is off the lists and its will is where it has to be. */
  readonly ended: Promise<void>;
  /** Return code of the CONNACK in the place of aedes' own; 0 leaves it. */
  #refusedWith = 0;
  readonly #resolveEnded: () => void;
  readonly client: AedesClient;
  readonly #metrics: MetricsCounters;
  readonly #conn: Duplex;
  readonly #marks: Marks;
  /** A stream that holds less tells nobody when it is drained. */
  readonly #leastHigh: number;
  /** The client left more unread than the high-water mark, and not only within this turn of the event loop. */
  #isSlow = false;
  #isWatched = false;
  /** Becoming slow is told, and so is the end of it. */
  #isTold = false;
  /** Answers since the last step, and steps that the client has not read. */
  #answers = 0;
  #steps = 0;
  /** Called when the client, who left too many answers unread, has read some. */
  onAnswersRead: () => void = () => {};
  /** Called when the client begins to leave more unread than the high-water mark, and when it does no more or is gone. */
  onSlow: (isSlow: boolean) => void = () => {};

  readonly #events: ConnectionEvents;
  /** Messages on their way by packet id, while somebody wants to hear that they came. */
  #unacknowledged: Map<number, StoredMessage> | null = null;

  constructor(
    nodeName: string,
    peer: Peer,
    conn: Duplex,
    client: AedesClient,
    metrics: MetricsCounters,
    marks: Marks,
    events: ConnectionEvents,
  ) {
    this.nodeName = nodeName;
    this.ipAddress = peer.ipAddress;
    this.port = peer.port;
    this.transport = peer.transport;
    this.peerCertificate = peer.peerCertificate;
    this.certifiedName = peer.certifiedName;
    this.certificate = peer.certificate;
    this.localPort = peer.localPort;
    this.client = client;
    this.#conn = conn;
    this.#metrics = metrics;
    this.#marks = marks;
    this.#events = events;
    this.#leastHigh = conn.writableHighWaterMark;
    const { promise, resolve } = withResolvers();
    this.ended = promise;
    this.#resolveEnded = resolve;
    ofStream.set(conn, this);
    this.#countWrites();
  }

  get willTopic(): string | null {
    return this.will?.topic ?? null;
  }

  get inflightCount(): number {
    return this.session?.inflightCount ?? 0;
  }

  get bytesPending(): number {
    return this.#conn.writableLength;
  }

  get isClosed(): boolean {
    return this.client.closed || this.#conn.destroyed || this.#conn.writableEnded;
  }

  /** Takes over who a CONNECT says that it is of, before anybody vouches for it. */
  introduce(packet: IConnectPacket): void {
    this.clientId = packet.clientId;
    this.username = packet.username ?? null;
  }

  /** Takes over what only the CONNECT packet tells. */
  accept(packet: IConnectPacket, now: number): void {
    this.clientId = this.client.id;
    this.username = packet.username ?? null;
    this.cleanSession = this.client.clean;
    this.connectedAt = now;
    this.keepalive = packet.keepalive ?? 0;
    this.protocolName = packet.protocolId ?? 'MQTT';
    this.protocolVersion = packet.protocolVersion ?? 4;
    this.isBridge = (packet as { bridgeMode?: boolean }).bridgeMode === true;
  }

  /** Ends the connection because of a fault of its client, or for one of the broker's that concerns it. */
  fail(error: Error, reason: string): void {
    if (this.client.closed) return;
    this.endReason ??= reason;
    this.client.emit('error', error);
  }

  /** Answers a CONNECT of a protocol level that is not served, and ends the connection [MQTT-3.1.2-2]. */
  refuseLevel(error: Error): void {
    mqttPacket.writeToStream({ cmd: 'connack', returnCode: 1, sessionPresent: false }, this.#conn);
    // Behind what is to be written first.
    setImmediate(() => this.fail(error, 'protocol_error'));
  }

  /** Makes the CONNACK that aedes is about to write a refusal, and ends the connection behind it [MQTT-3.2.2-5]. */
  refuseConnect(returnCode: number): void {
    this.#refusedWith = returnCode;
    // Not before the CONNACK is written.
    setImmediate(() => this.client.close());
  }

  /** Closes it for a reason that the listeners count, unless there is one already; resolves when it is off the lists. */
  end(reason: string): Promise<void> {
    this.endReason ??= reason;
    this.client.close();
    return this.ended;
  }

  settleEnd(): void {
    this.#resolveEnded();
  }

  get #high(): number {
    return Math.max(this.#marks.highWatermark, this.#leastHigh);
  }

  receivedBytes(length: number): void {
    this.socketReads++;
    this.bytesReceived += length;
    this.#metrics.bytesReceived += length;
  }

  received(packet: Packet): void {
    this.packetsReceived++;
    if (packet.cmd === 'publish') this.messagesReceived++;
    countReceived(this.#metrics, packet);
    this.trace?.packet(this, 'RECEIVED', packet);
  }

  /** Tells whoever follows its client that this connection ended, once, and nothing more of it. */
  endTrace(reason: string): void {
    this.trace?.end(this, reason);
    this.trace = null;
  }

  completeConnack(packet: { sessionPresent?: boolean; returnCode?: number }): void {
    if (this.#refusedWith !== 0) packet.returnCode = this.#refusedWith;
    // MQTT 3.1 has no such flag.
    packet.sessionPresent = !packet.returnCode && this.isSessionPresent && this.client.version !== 3;
    if (packet.returnCode) this.#events.connackRefused.tell(this, packet.returnCode);
  }

  /** Counts a packet that is written; answers where its kind is counted. */
  countPacket(): MetricsCounters {
    this.packetsSent++;
    return this.#metrics;
  }

  acknowledge(cmd: Acknowledgement, packetId: number): void {
    if (this.isClosed) return;
    countSent(this.countPacket(), { cmd });
    this.trace?.packet(this, 'SENT', { cmd, messageId: packetId });
    this.#write(acknowledgementFrame(cmd, packetId));
  }

  suback(packetId: number, granted: readonly number[]): void {
    if (this.isClosed) return;
    countSent(this.countPacket(), { cmd: 'suback', granted });
    this.trace?.packet(this, 'SENT', { cmd: 'suback', messageId: packetId, granted });
    this.#write(subackFrame(packetId, granted));
  }

  deliver(message: StoredMessage, packetId: number, isResent: boolean): void {
    if (this.isClosed) return;
    const { topic, payload, qos, retain } = message;
    this.messagesSent++;
    countPublishSent(this.countPacket(), qos);
    this.trace?.packet(this, 'SENT', { cmd: 'publish', ...message, dup: isResent, messageId: packetId });
    gather(this.#conn);
    new PublishFrame(topic, payload, qos, retain).writeWithId(this.#conn, packetId, isResent);
    this.#watch();
    const { delivered, acknowledged } = this.#events;
    if (acknowledged.isHeard) {
      this.#unacknowledged ??= new Map();
      this.#unacknowledged.set(packetId, message);
    }
    if (delivered.isHeard) delivered.tell(this, message);
  }

  /** The client has a message that was delivered. */
  noteAcknowledged(packetId: number): void {
    const message = this.#unacknowledged?.get(packetId);
    if (!message) return;
    this.#unacknowledged?.delete(packetId);
    this.#events.acknowledged.tell(this, message);
  }

  release(packetId: number): void {
    this.acknowledge('pubrel', packetId);
  }

  /**
   * Writes a message with QoS 0, which is encoded already. Answers false when it was dropped because the client reads too
   * slowly.
   */
  deliverFrame(frame: PublishFrame, message: FramedMessage): boolean {
    if (this.isClosed) return true;
    if (this.#isSlow && this.#conn.writableLength > this.#high) return false;
    this.messagesSent++;
    countPublishSent(this.countPacket(), 0);
    if (this.trace) {
      const { topic, payload } = message;
      this.trace.packet(this, 'SENT', { cmd: 'publish', topic, payload, qos: 0, retain: frame.retain, dup: false });
    }
    gather(this.#conn);
    frame.write(this.#conn);
    this.session?.outbox.countDelivered();
    this.#watch();
    const { delivered } = this.#events;
    if (delivered.isHeard) {
      const { topic, payload, clientId, publishedAt } = message;
      delivered.tell(this, { topic, payload, qos: 0, retain: frame.retain, clientId: clientId ?? '', publishedAt });
    }
    return true;
  }

  answerPing(): true {
    this.#write(PINGRESP);
    return true;
  }

  /** Whether the client sends on and on, and does not read what is answered. */
  get leavesAnswers(): boolean {
    return this.#steps >= MOST_STEPS;
  }

  #write(frame: Buffer): void {
    gather(this.#conn);
    if (++this.#answers < STEP) this.#conn.write(frame);
    else {
      this.#answers = 0;
      this.#steps++;
      this.#conn.write(frame, () => {
        const wasMuch = this.leavesAnswers;
        this.#steps--;
        if (wasMuch) this.onAnswersRead();
      });
    }
    this.#watch();
  }

  /** Bounds what a client leaves unread. A burst is no slowness: the socket gets a turn to take it first. */
  #watch(): void {
    const unread = this.#conn.writableLength;
    if (unread > this.#marks.maxUnread) {
      this.endReason ??= 'slow_consumer';
      this.#conn.destroy(new Error(`the client left ${unread} bytes unread`));
      return;
    }
    if (unread <= this.#high) {
      this.#setSlow(false);
      return;
    }
    if (this.#isSlow || this.#isWatched) return;
    this.#isWatched = true;
    setImmediate(() =>
      setImmediate(() => {
        this.#isWatched = false;
        this.#setSlow(this.#conn.writableLength > this.#high);
      }),
    );
  }

  #setSlow(isSlow: boolean): void {
    if (isSlow === this.#isSlow) return;
    this.#isSlow = isSlow;
    // Nobody would say that it is slow no more.
    if (isSlow && this.#conn.destroyed) return;
    if (!this.#isTold) {
      this.#isTold = true;
      this.#conn.on('drain', () => this.#watch());
      this.#conn.once('close', () => this.onSlow(false));
    }
    this.onSlow(isSlow);
  }

  /** Whether the client has read enough to be sent more. */
  get takesMore(): boolean {
    return this.#conn.writableLength <= this.#high;
  }

  /** Calls back when the client has read something of what waits for it. */
  onceDrained(then: () => void): void {
    this.#conn.once('drain', then);
  }

  #countWrites(): void {
    const conn = this.#conn;
    const write = conn.write as (chunk: unknown, ...rest: unknown[]) => boolean;
    conn.write = (chunk: unknown, ...rest: unknown[]): boolean => {
      const length = typeof chunk === 'string' ? Buffer.byteLength(chunk) : (chunk as Buffer).length;
      this.socketWrites++;
      this.bytesSent += length;
      this.#metrics.bytesSent += length;
      return write.call(conn, chunk, ...rest);
    };
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
