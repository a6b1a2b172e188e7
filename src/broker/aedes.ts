import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Aedes as AedesClass } from 'aedes';
import type { IConnectPacket, IPublishPacket, Packet } from 'mqtt-packet';

/** The parts of an aedes client that the adapter leans on; aedes' own types leave most of them out. */
export interface AedesClient extends EventEmitter {
  readonly id: string;
  readonly clean: boolean;
  readonly version: number;
  readonly conn: Duplex;
  readonly closed: boolean;
  /** True once the client sent a DISCONNECT. */
  _disconnected: boolean;
  readonly _parser: AedesParser;
  close(done?: () => void): void;
  /** Calls `done` when the connection takes more. */
  waitForDrain(done: (error: Error | null, client: AedesClient) => void): void;
  subscribe(subscriptions: { topic: string; qos: number }[], done: (error?: Error) => void): void;
  unsubscribe(topicFilters: string[], done: (error?: Error) => void): void;
}

/** mqtt-packet's parser: one a connection. */
export interface AedesParser {
  parse(chunk: Buffer): number;
  prependListener(event: 'packet', listener: (packet: Packet) => void): void;
  /** The packet that is being read. */
  readonly packet: { readonly length: number };
  /** Reads the length from the fixed header; answers false while it is not complete. */
  _parseLength(): boolean;
  _emitError(error: Error): void;
}

export interface AedesMessage extends IPublishPacket {
  brokerId?: string;
  brokerCounter?: number;
  clientId?: string;
}

type Done = (error?: Error | null) => void;

export interface AedesOptions {
  id: string;
  concurrency: number;
  /** Milliseconds. */
  connectTimeout: number;
  maxTopicLevels: number;
  maxInflightInbound: number;
  maxClientsIdLength: number;
  mq: unknown;
  persistence: unknown;
  preConnect(client: AedesClient, packet: IConnectPacket, done: (error: Error | null, ok: boolean) => void): void;
  authenticate(
    client: AedesClient,
    username: string | undefined,
    password: Buffer | undefined,
    done: (error: (Error & { returnCode: number }) | null, ok: boolean | null) => void,
  ): void;
  authorizePublish(client: AedesClient | null, packet: IPublishPacket, done: Done): void;
  /** What a client gets of a message; null drops it for this client. */
  authorizeForward(client: AedesClient, packet: IPublishPacket): IPublishPacket | null;
  authorizeSubscribe(
    client: AedesClient,
    subscription: { topic: string; qos: number },
    done: (error: Error | null, subscription?: { topic: string; qos: number } | null) => void,
  ): void;
}

/** aedes' broker, with the methods that its types leave out. */
export interface AedesBroker extends EventEmitter {
  clients: Record<string, AedesClient>;
  connectedClients: number;
  closed: boolean;
  listen(): Promise<void>;
  handle(conn: Duplex, request?: IncomingMessage): AedesClient;
  registerClient(client: AedesClient): void;
  unregisterClient(client: AedesClient): void;
  publish(packet: Partial<AedesMessage>, client: { id: string } | null, done: Done): void;
  close(done: () => void): void;
}

export const Aedes = AedesClass as unknown as new (options: AedesOptions) => AedesBroker;
