import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Aedes as AedesClass } from 'aedes';
import type { IConnectPacket } from 'mqtt-packet';

/** The parts of an aedes client that the adapter leans on; aedes' own types leave most of them out. */
export interface AedesClient extends EventEmitter {
  readonly id: string;
  readonly clean: boolean;
  readonly version: number;
  readonly conn: Duplex;
  readonly closed: boolean;
  /** True between the acceptance of the CONNECT and the end. */
  readonly connected: boolean;
  /** True once the client sent a DISCONNECT. */
  _disconnected: boolean;
  readonly _parser: AedesParser;
  /** Packets that aedes has begun to handle. */
  _parsingBatch: number;
  /** Called when aedes is done with a packet. */
  _nextBatch(error?: Error | null): void;
  /** Milliseconds; negative without a keepalive. */
  readonly _keepaliveInterval: number;
  readonly _keepaliveTimer: NodeJS.Timeout | null;
  /** Ends its watch for the end of the stream; what is left of that is its last listener to `end`. */
  _eos: () => void;
  pause(): void;
  resume(): void;
  close(done?: () => void): void;
  /** Calls `done` when the connection takes more. */
  waitForDrain(done: (error: Error | null, client: AedesClient) => void): void;
}

/** mqtt-packet's parser: one a connection. */
export interface AedesParser extends EventEmitter {
  parse(chunk: Buffer): number;
  /** The packet that is being read. */
  readonly packet: ParsedPacket;
  /** What was read and is not parsed; the packet that is being read begins it, without its fixed header. */
  readonly _list: {
    readonly length: number;
    readUInt8(at: number): number;
    readUInt16BE(at: number): number;
    slice(start: number, end: number): Buffer;
    toString(encoding: 'utf8', start: number, end: number): string;
  };
  /** Where the next field begins. */
  readonly _pos: number;
  readonly error: Error | null;
  /** Reads the length from the fixed header; answers false while it is not complete. */
  _parseLength(): boolean;
  /** Answers false while the packet is not complete. */
  _parsePayload(): boolean;
  /** Answers null when there is not enough left. */
  _parseString(): string | null;
  _emitError(error: Error): void;
}

/** What mqtt-packet's parser knows of a packet. */
export interface ParsedPacket {
  readonly cmd: string;
  readonly length: number;
  readonly qos: number;
  readonly dup: boolean;
  readonly messageId?: number;
  readonly subscriptions: readonly unknown[];
  readonly unsubscriptions: readonly unknown[];
  readonly will?: { readonly qos: number };
  readonly username?: string;
  readonly password?: Buffer;
}

type Done = (error?: Error | null) => void;

/** A refusal of a CONNECT with the return code of its CONNACK [MQTT-3.2.2-4]. */
export type ConnectRefusal = Error & { returnCode: number };

export interface AedesOptions {
  id: string;
  concurrency: number;
  /** Of clients of MQTT 3.1. */
  maxClientsIdLength: number;
  persistence: unknown;
  preConnect(client: AedesClient, packet: IConnectPacket, done: (error: Error | null, ok: boolean) => void): void;
  authenticate(
    client: AedesClient,
    username: string | undefined,
    password: Buffer | undefined,
    done: (error: ConnectRefusal | null, ok: boolean | null) => void,
  ): void;
}

/** aedes' broker, with the methods that its types leave out. */
export interface AedesBroker extends EventEmitter {
  clients: Record<string, AedesClient>;
  connectedClients: number;
  /** Milliseconds that a client whose serving begins has for its CONNECT. */
  connectTimeout: number;
  closed: boolean;
  readonly mq: { emit(packet: { topic: string }, done: () => void): void };
  listen(): Promise<void>;
  handle(conn: Duplex, request?: IncomingMessage): AedesClient;
  registerClient(client: AedesClient): void;
  unregisterClient(client: AedesClient): void;
  publish(packet: { topic: string }, client: AedesClient | null | Done, done?: Done): void;
  close(done: () => void): void;
}

export const Aedes = AedesClass as unknown as new (options: AedesOptions) => AedesBroker;
