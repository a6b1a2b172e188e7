import { Readable } from 'node:stream';
import QlobberSub from 'qlobber/aedes/qlobber-sub.js';
import { type RetainedLimits, RetainedMessages } from '../broker/retained-messages.ts';
import type { Qos, RetainedMessage } from '../domain.ts';
import { OutgoingQueue } from './outgoing-queue.ts';
import type { QueueFigures, SessionStore, StoredPacket, StoredSubscription } from './session-store.ts';

const empty = Buffer.alloc(0);
const TOPIC = { wildcard_one: '+', wildcard_some: '#', separator: '/' };
const nothing: QueueFigures = Object.freeze({ queued: 0, inflight: 0, dropped: 0, enqueued: 0 });

interface Client {
  readonly id: string;
}

const packetOf = ({ topic, payload, qos }: RetainedMessage): StoredPacket => ({
  cmd: 'publish',
  topic,
  payload,
  qos,
  retain: true,
});

/** Keeps sessions in memory: they outlive connections, not the process. */
export class MemorySessionStore implements SessionStore {
  readonly retained: RetainedMessages;
  readonly #subscriptions = new Map<string, Map<string, StoredSubscription>>();
  /** Filters of QoS 1 and 2: only those queue messages. */
  readonly #trie = new QlobberSub(TOPIC);
  readonly #outgoing = new Map<string, OutgoingQueue>();
  readonly #incoming = new Map<string, Map<number, StoredPacket>>();
  readonly #wills = new Map<string, StoredPacket & { brokerId?: string; clientId?: string }>();
  readonly #online = new Set<string>();
  readonly #queued = new WeakSet<object>();
  readonly #maxQueued: number;
  #brokerId = '';

  usernameOf: SessionStore['usernameOf'] = () => null;

  constructor({ maxQueued, retainedLimits }: { maxQueued: number; retainedLimits?: RetainedLimits }) {
    this.#maxQueued = maxQueued;
    this.retained = new RetainedMessages(retainedLimits);
  }

  async setup(broker: { readonly id: string }): Promise<void> {
    this.#brokerId = broker.id;
  }

  async storeRetained(packet: StoredPacket): Promise<void> {
    this.retained.set({
      topic: packet.topic ?? '',
      payload: packet.payload ?? empty,
      qos: (packet.qos ?? 0) as Qos,
      clientId: packet.clientId ?? null,
      username: packet.clientId === undefined ? null : this.usernameOf(packet.clientId),
      nodeName: this.#brokerId,
      publishedAt: Date.now(),
    });
  }

  createRetainedStream(pattern: string): Readable {
    return this.createRetainedStreamCombi([pattern]);
  }

  createRetainedStreamCombi(patterns: readonly string[]): Readable {
    return Readable.from(patterns.flatMap((pattern) => this.retained.matching(pattern).map(packetOf)));
  }

  async addSubscriptions({ id }: Client, subscriptions: readonly StoredSubscription[]): Promise<void> {
    let own = this.#subscriptions.get(id);
    if (!own) {
      own = new Map();
      this.#subscriptions.set(id, own);
    }
    for (const { topic, qos } of subscriptions) {
      if (qos > 0) this.#trie.add(topic, { clientId: id, topic, qos });
      else if ((own.get(topic)?.qos ?? 0) > 0) this.#trie.remove(topic, { clientId: id, topic });
      own.set(topic, { topic, qos });
    }
  }

  async removeSubscriptions({ id }: Client, topics: readonly string[]): Promise<void> {
    const own = this.#subscriptions.get(id);
    if (!own) return;
    for (const topic of topics) {
      if ((own.get(topic)?.qos ?? 0) > 0) this.#trie.remove(topic, { clientId: id, topic });
      own.delete(topic);
    }
    if (own.size === 0) this.#subscriptions.delete(id);
  }

  async subscriptionsByClient({ id }: Client): Promise<StoredSubscription[]> {
    return Array.from(this.#subscriptions.get(id)?.values() ?? [], (subscription) => ({ ...subscription }));
  }

  async subscriptionsByTopic(topic: string): Promise<{ clientId: string; topic: string; qos: number }[]> {
    return this.#trie.match(topic);
  }

  /** aedes calls this when a client begins a clean session: what waited for it in an earlier one goes too. */
  async cleanSubscriptions(client: Client): Promise<void> {
    await this.removeSubscriptions(client, [...(this.#subscriptions.get(client.id)?.keys() ?? [])]);
    this.#outgoing.delete(client.id);
  }

  async countOffline(): Promise<{ subsCount: number; clientsCount: number }> {
    return { subsCount: this.#trie.subscriptionsCount, clientsCount: this.#subscriptions.size };
  }

  getClientList(topic: string): Readable {
    const clients = [...this.#subscriptions].filter(([, own]) => own.has(topic));
    return Readable.from(clients.map(([id]) => id));
  }

  #enqueue(clientId: string, packet: StoredPacket): void {
    let queue = this.#outgoing.get(clientId);
    if (!queue) {
      queue = new OutgoingQueue(this.#maxQueued);
      this.#outgoing.set(clientId, queue);
    }
    // A client with overlapping filters is named once for each; its queue takes the message once.
    queue.add({ ...packet }, !this.#online.has(clientId));
  }

  async outgoingEnqueue({ clientId }: { readonly clientId: string }, packet: StoredPacket): Promise<void> {
    this.#enqueue(clientId, packet);
  }

  async outgoingEnqueueCombi(subscriptions: readonly { clientId: string }[], packet: StoredPacket): Promise<void> {
    if (subscriptions.length > 0) this.#queued.add(packet);
    for (const { clientId } of subscriptions) this.#enqueue(clientId, packet);
  }

  async outgoingUpdate({ id }: Client, packet: StoredPacket): Promise<void> {
    const isKnown = this.#outgoing.get(id)?.update(packet) ?? false;
    // A retained message is sent without being queued, and a PUBREL is owed for any PUBREC [MQTT-4.3.3-1].
    if (!isKnown && packet.cmd === 'publish') throw new Error('no such packet');
  }

  async outgoingClearMessageId({ id }: Client, packet: StoredPacket): Promise<StoredPacket | undefined> {
    return this.#outgoing.get(id)?.acknowledge(packet.messageId ?? 0);
  }

  outgoingStream({ id }: Client): Readable {
    return Readable.from(this.#outgoing.get(id)?.packets() ?? []);
  }

  async incomingStorePacket({ id }: Client, packet: StoredPacket): Promise<void> {
    let own = this.#incoming.get(id);
    if (!own) {
      own = new Map();
      this.#incoming.set(id, own);
    }
    own.set(packet.messageId ?? 0, packet);
  }

  async incomingGetPacket({ id }: Client, packet: StoredPacket): Promise<StoredPacket> {
    const stored = this.#incoming.get(id)?.get(packet.messageId ?? 0);
    if (!stored) throw new Error('no such packet');
    return stored;
  }

  async incomingDelPacket({ id }: Client, packet: StoredPacket): Promise<void> {
    if (!this.#incoming.get(id)?.delete(packet.messageId ?? 0)) throw new Error('no such packet');
    if (this.#incoming.get(id)?.size === 0) this.#incoming.delete(id);
  }

  async cleanIncoming({ id }: Client): Promise<void> {
    this.#incoming.delete(id);
  }

  async putWill({ id }: Client, packet: StoredPacket): Promise<void> {
    this.#wills.set(id, Object.assign(packet, { brokerId: this.#brokerId, clientId: id }));
  }

  async getWill({ id }: Client): Promise<StoredPacket | undefined> {
    return this.#wills.get(id);
  }

  async delWill({ id }: Client): Promise<StoredPacket | undefined> {
    const will = this.#wills.get(id);
    this.#wills.delete(id);
    return will;
  }

  streamWill(brokers: Record<string, unknown> = {}): Readable {
    return Readable.from([...this.#wills.values()].filter(({ brokerId }) => !brokers[brokerId ?? '']));
  }

  async destroy(): Promise<void> {
    this.retained.clear();
  }

  setOnline(clientId: string, online: boolean): void {
    if (online) this.#online.add(clientId);
    else this.#online.delete(clientId);
  }

  queue(clientId: string): QueueFigures {
    return this.#outgoing.get(clientId) ?? nothing;
  }

  awaitingRelease(clientId: string): number {
    return this.#incoming.get(clientId)?.size ?? 0;
  }

  isAwaitingRelease(clientId: string, messageId: number): boolean {
    return this.#incoming.get(clientId)?.has(messageId) ?? false;
  }

  get retainedCount(): number {
    return this.retained.size;
  }

  wasQueued(packet: object): boolean {
    return this.#queued.has(packet);
  }

  async endSession(clientId: string): Promise<void> {
    await this.cleanSubscriptions({ id: clientId });
    this.#incoming.delete(clientId);
    this.#wills.delete(clientId);
  }
}
