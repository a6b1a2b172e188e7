import type { Readable } from 'node:stream';
import type { RetainedMessages } from '../broker/retained-messages.ts';

/** A message or a PUBREL as aedes hands it over. */
export interface StoredPacket {
  readonly cmd: string;
  readonly topic?: string;
  readonly payload?: Buffer;
  readonly qos?: number;
  readonly retain?: boolean;
  readonly brokerId?: string;
  readonly brokerCounter?: number;
  /** Who published it. */
  readonly clientId?: string;
  messageId?: number;
}

export interface StoredSubscription {
  readonly topic: string;
  readonly qos: number;
}

interface ClientName {
  readonly id: string;
}

/** Figures of the messages that wait for a client, or that it has not acknowledged. */
export interface QueueFigures {
  readonly queued: number;
  readonly inflight: number;
  readonly dropped: number;
  readonly enqueued: number;
}

/**
 * What outlives a connection: subscriptions and messages of persistent sessions, retained messages, wills. The first
 * part is the persistence interface that aedes calls, the second what the API shows and does.
 */
export interface SessionStore {
  setup(broker: { readonly id: string }): Promise<void>;
  storeRetained(packet: StoredPacket): Promise<void>;
  createRetainedStream(pattern: string): Readable;
  createRetainedStreamCombi(patterns: readonly string[]): Readable;
  addSubscriptions(client: ClientName, subscriptions: readonly StoredSubscription[]): Promise<void>;
  removeSubscriptions(client: ClientName, topics: readonly string[]): Promise<void>;
  subscriptionsByClient(client: ClientName): Promise<StoredSubscription[]>;
  subscriptionsByTopic(topic: string): Promise<{ clientId: string; topic: string; qos: number }[]>;
  cleanSubscriptions(client: ClientName): Promise<void>;
  countOffline(): Promise<{ subsCount: number; clientsCount: number }>;
  getClientList(topic: string): Readable;
  outgoingEnqueue(subscription: { readonly clientId: string }, packet: StoredPacket): Promise<void>;
  outgoingEnqueueCombi(subscriptions: readonly { readonly clientId: string }[], packet: StoredPacket): Promise<void>;
  outgoingUpdate(client: ClientName, packet: StoredPacket): Promise<void>;
  outgoingClearMessageId(client: ClientName, packet: StoredPacket): Promise<StoredPacket | undefined>;
  outgoingStream(client: ClientName): Readable;
  incomingStorePacket(client: ClientName, packet: StoredPacket): Promise<void>;
  incomingGetPacket(client: ClientName, packet: StoredPacket): Promise<StoredPacket>;
  incomingDelPacket(client: ClientName, packet: StoredPacket): Promise<void>;
  cleanIncoming(client: ClientName): Promise<void>;
  putWill(client: ClientName, packet: StoredPacket): Promise<void>;
  getWill(client: ClientName): Promise<StoredPacket | undefined>;
  delWill(client: ClientName): Promise<StoredPacket | undefined>;
  streamWill(brokers?: Record<string, unknown>): Readable;
  destroy(): Promise<void>;

  /** Told by the broker when a client comes and goes, so that waiting messages can be told from those on their way. */
  setOnline(clientId: string, online: boolean): void;
  queue(clientId: string): QueueFigures;
  /** Incoming messages of QoS 2 that wait for PUBREL. */
  awaitingRelease(clientId: string): number;
  isAwaitingRelease(clientId: string, messageId: number): boolean;
  readonly retained: RetainedMessages;
  /** Set by the broker: the user name of a client, for the messages that it has retained. */
  usernameOf: (clientId: string) => string | null;
  readonly retainedCount: number;
  /** Whether the message was put into the queue of a persistent session. */
  wasQueued(packet: object): boolean;
  /** Forgets everything of a session. */
  endSession(clientId: string): Promise<void>;
}
