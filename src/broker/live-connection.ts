import type { Duplex } from 'node:stream';
import mqttPacket, { type IConnectPacket, type Packet } from 'mqtt-packet';
import type { Connection, MetricsCounters, PeerCertificate, Transport } from '../domain.ts';
import type { AedesClient } from './aedes.ts';
import type { LiveSession } from './live-session.ts';
import { countReceived, countSent } from './metrics.ts';

const ofStream = new WeakMap<object, LiveConnection>();

// aedes writes every packet through this property of the shared module, one call a packet.
const writeToStream = mqttPacket.writeToStream;
const countedWrite = (packet: Packet, stream: NodeJS.WritableStream, options?: object): boolean => {
  ofStream.get(stream)?.sent(packet);
  return writeToStream(packet, stream, options);
};
Object.defineProperties(countedWrite, Object.getOwnPropertyDescriptors(writeToStream));
mqttPacket.writeToStream = countedWrite as typeof writeToStream;

/** The other end of a connection. */
export interface Peer {
  readonly ipAddress: string;
  /** 0 when a proxy did not tell it. */
  readonly port: number;
  readonly transport: Transport;
  readonly peerCertificate: PeerCertificate;
  /** The name in its certificate, which takes the place of the CONNECT's; null when the CONNECT's counts. */
  readonly certifiedName: string | null;
}

/** A network connection from its first byte; a row of `connections` once its CONNECT was accepted. */
export class LiveConnection implements Connection {
  /** Position in the table; 0 until the CONNECT was accepted. */
  seq = 0;
  session: LiveSession | null = null;
  /** Why the broker ended the connection; null when the client or the network did. */
  endReason: string | null = null;

  clientId = '';
  username: string | null = null;
  cleanSession = true;
  connectedAt = 0;
  isBridge = false;
  readonly isSuperuser = false;
  keepalive = 0;
  readonly mountpoint = null;
  willTopic: string | null = null;
  protocolName = 'MQTT';
  protocolVersion = 4;
  readonly peerCertificate: PeerCertificate;
  readonly zone = 'external';
  readonly nodeName: string;
  readonly ipAddress: string;
  readonly port: number;
  readonly transport: Transport;
  readonly certifiedName: string | null;

  bytesReceived = 0;
  bytesSent = 0;
  socketReads = 0;
  socketWrites = 0;
  packetsReceived = 0;
  packetsSent = 0;
  messagesReceived = 0;
  messagesSent = 0;

  readonly client: AedesClient;
  /** Packet ids of QoS 1 and 2 messages that the client has not acknowledged. */
  #inflight: Set<number> | null = null;
  readonly #metrics: MetricsCounters;
  readonly #conn: Duplex;

  constructor(nodeName: string, peer: Peer, conn: Duplex, client: AedesClient, metrics: MetricsCounters) {
    this.nodeName = nodeName;
    this.ipAddress = peer.ipAddress;
    this.port = peer.port;
    this.transport = peer.transport;
    this.peerCertificate = peer.peerCertificate;
    this.certifiedName = peer.certifiedName;
    this.client = client;
    this.#conn = conn;
    this.#metrics = metrics;
    ofStream.set(conn, this);
    this.#countWrites();
  }

  get bytesPending(): number {
    return this.#conn.writableLength;
  }

  get inflightCount(): number {
    return this.#inflight?.size ?? 0;
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
    this.willTopic = packet.will?.topic ?? null;
    this.protocolName = packet.protocolId ?? 'MQTT';
    this.protocolVersion = packet.protocolVersion ?? 4;
    this.isBridge = (packet as { bridgeMode?: boolean }).bridgeMode === true;
  }

  receivedBytes(length: number): void {
    this.socketReads++;
    this.bytesReceived += length;
    this.#metrics.bytesReceived += length;
  }

  /** Counts a packet from the client; `isReleasable` tells whether a PUBREL names a message that waits for it. */
  received(packet: Packet, isReleasable: (messageId: number) => boolean): void {
    this.packetsReceived++;
    countReceived(this.#metrics, packet);
    const messageId = packet.messageId ?? 0;
    switch (packet.cmd) {
      case 'publish':
        this.messagesReceived++;
        break;
      case 'puback':
        if (!this.#inflight?.delete(messageId)) this.#metrics.packetsPubackMissed++;
        break;
      case 'pubrec':
        if (!this.#inflight?.has(messageId)) this.#metrics.packetsPubrecMissed++;
        break;
      case 'pubcomp':
        if (!this.#inflight?.delete(messageId)) this.#metrics.packetsPubcompMissed++;
        break;
      case 'pubrel':
        if (!isReleasable(messageId)) this.#metrics.packetsPubrelMissed++;
        break;
    }
  }

  /** Counts a packet that is written to the client. */
  sent(packet: Packet): void {
    this.packetsSent++;
    countSent(this.#metrics, packet);
    if (packet.cmd === 'publish') {
      this.messagesSent++;
      if (this.session) this.session.deliveredCount++;
    }
    // A PUBREL of an earlier connection is sent again on this one, and is answered here.
    const isAnswered = packet.cmd === 'pubrel' || (packet.cmd === 'publish' && packet.qos > 0);
    if (!isAnswered || !packet.messageId) return;
    this.#inflight ??= new Set();
    this.#inflight.add(packet.messageId);
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
