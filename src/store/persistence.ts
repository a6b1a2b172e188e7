import { Readable } from 'node:stream';
import QlobberSub from 'qlobber/aedes/qlobber-sub.js';
import type { Bounds, Database } from './database.ts';
import { decodePacket, encodePacket, publishOf, type StoredPacket } from './packet-codec.ts';
import { TopicTrie } from './topic-trie.ts';

interface Client {
  readonly id: string;
}

interface Subscription {
  readonly topic: string;
  readonly qos: number;
  readonly [name: string]: unknown;
}

interface Broker {
  readonly id: string;
}

/** Where in the database the records lie: all behind one byte that sessions and key-spaces do not use. */
const KIND = { subscription: 'ps', queued: 'pq', byMessageId: 'pm', byCounter: 'pc', incoming: 'pi' } as const;
const RETAINED = 'pr';
const WILL = 'pw';
const TAIL = Buffer.from('pt');
const SEQ_BYTES = 6;
const NOTHING = Buffer.alloc(0);

/** What a client has of a kind; its id has its length in front, so that none begins with another. */
function keyOf(kind: keyof typeof KIND, clientId: string, rest: Buffer | string = NOTHING): Buffer {
  const id = Buffer.from(clientId);
  const length = Buffer.allocUnsafe(2);
  length.writeUInt16BE(id.length);
  return Buffer.concat([Buffer.from(KIND[kind]), length, id, Buffer.from(rest as Buffer)]);
}

function boundsOf(kind: keyof typeof KIND, clientId: string): Bounds {
  const gte = keyOf(kind, clientId);
  return { gte, lt: Buffer.concat([gte, Buffer.alloc(64, 0xff)]) };
}

const numberKey = (kind: 'queued' | 'byMessageId' | 'incoming', clientId: string, number: number): Buffer => {
  const rest = Buffer.allocUnsafe(SEQ_BYTES);
  rest.writeUIntBE(number, 0, SEQ_BYTES);
  return keyOf(kind, clientId, rest);
};

const counterKey = (clientId: string, { brokerId, brokerCounter }: StoredPacket): Buffer =>
  keyOf('byCounter', clientId, `${brokerCounter}:${brokerId}`);

const seqOf = (value: Buffer): number => value.readUIntBE(value.length - SEQ_BYTES, SEQ_BYTES);

const noSuchPacket = (): Error => new Error('no such packet');

/**
 * The persistence of aedes (the asynchronous interface of `aedes-persistence` 11) on a database. Whatever it answers has
 * been stored. Subscriptions and the names of retained topics are held in memory; nothing is looked for by walking over
 * what does not match.
 */
export class Persistence {
  broker: Broker | null = null;
  readonly #database: Database;
  readonly #trie = new QlobberSub({ wildcard_one: '+', wildcard_some: '#', separator: '/' });
  /** By client id, by topic filter. */
  readonly #subscriptions = new Map<string, Map<string, Subscription>>();
  readonly #retained = new TopicTrie<string>();
  #tail = 0;
  #isDestroyed = false;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Loads what is held in memory. aedes asks that this is an AsyncFunction. */
  async setup(broker: Broker): Promise<void> {
    this.broker = broker;
    const tail = await this.#database.get(TAIL);
    this.#tail = tail === undefined ? 0 : seqOf(tail);
    for await (const [key, value] of this.#database.walk(kindBounds(KIND.subscription))) {
      const idLength = key.readUInt16BE(2);
      const sub = JSON.parse(value.toString()) as Subscription;
      this.#hold(key.toString('utf8', 4, 4 + idLength), sub);
    }
    for await (const [key] of this.#database.walk(kindBounds(RETAINED))) {
      const topic = key.toString('utf8', 2);
      this.#retained.set(topic, topic);
    }
  }

  async storeRetained(packet: StoredPacket): Promise<void> {
    const { topic = '', payload = NOTHING } = packet;
    const key = Buffer.from(RETAINED + topic);
    if (payload.length === 0) {
      this.#retained.delete(topic);
      this.#database.del(key);
    } else {
      this.#retained.set(topic, topic);
      this.#database.put(key, encodePacket(packet));
    }
    await this.#database.flush();
  }

  createRetainedStream(topicFilter: string): Readable {
    return this.createRetainedStreamCombi([topicFilter]);
  }

  createRetainedStreamCombi(topicFilters: readonly string[]): Readable {
    return Readable.from(this.#retainedBy(topicFilters));
  }

  async *#retainedBy(topicFilters: readonly string[]): AsyncGenerator<StoredPacket> {
    for (const topicFilter of topicFilters) {
      for (const topic of this.#retained.match(topicFilter) ?? []) {
        const value = await this.#database.get(Buffer.from(RETAINED + topic));
        if (value !== undefined) yield decodePacket(value);
      }
    }
  }

  async addSubscriptions({ id }: Client, subs: readonly Subscription[]): Promise<void> {
    for (const { topic, qos, rh, rap, nl, subscriptionIdentifier } of subs) {
      const sub = {
        topic,
        qos,
        rh,
        rap,
        nl,
        ...(subscriptionIdentifier === undefined ? {} : { subscriptionIdentifier }),
      };
      this.#hold(id, sub);
      this.#database.put(keyOf('subscription', id, topic), Buffer.from(JSON.stringify(sub)));
    }
    await this.#database.flush();
  }

  /** Messages are kept for subscriptions with QoS 1 and 2 alone: the trie has no others. */
  #hold(clientId: string, sub: Subscription): void {
    const held = this.#subscriptions.get(clientId) ?? new Map<string, Subscription>();
    this.#subscriptions.set(clientId, held);
    held.set(sub.topic, sub);
    if (sub.qos > 0) this.#trie.add(sub.topic, { ...sub, clientId });
    else this.#trie.remove(sub.topic, { clientId, topic: sub.topic });
  }

  async removeSubscriptions({ id }: Client, topicFilters: readonly string[]): Promise<void> {
    const held = this.#subscriptions.get(id);
    for (const topic of topicFilters) {
      if (!held?.delete(topic)) continue;
      this.#trie.remove(topic, { clientId: id, topic });
      this.#database.del(keyOf('subscription', id, topic));
    }
    if (held?.size === 0) this.#subscriptions.delete(id);
    await this.#database.flush();
  }

  async subscriptionsByClient({ id }: Client): Promise<Subscription[]> {
    return [...(this.#subscriptions.get(id)?.values() ?? [])];
  }

  async countOffline(): Promise<{ subsCount: number; clientsCount: number }> {
    return { subsCount: this.#trie.subscriptionsCount, clientsCount: this.#subscriptions.size };
  }

  async subscriptionsByTopic(topic: string): Promise<{ clientId: string; topic: string; qos: number }[]> {
    return this.#trie.match(topic);
  }

  /** Ends the session of a client: its queue goes with its subscriptions [MQTT-3.1.2-6]. */
  async cleanSubscriptions(client: Client): Promise<void> {
    await this.removeSubscriptions(client, [...(this.#subscriptions.get(client.id)?.keys() ?? [])]);
    for (const kind of ['queued', 'byMessageId', 'byCounter'] as const) await this.#clear(kind, client.id);
  }

  async #clear(kind: keyof typeof KIND, clientId: string): Promise<void> {
    for await (const [key, value] of this.#database.walk(boundsOf(kind, clientId)))
      this.#database.del(key, value.length);
    await this.#database.flush();
  }

  outgoingEnqueue(sub: { readonly clientId: string }, packet: StoredPacket): Promise<void> {
    return this.outgoingEnqueueCombi([sub], packet);
  }

  async outgoingEnqueueCombi(subs: readonly { readonly clientId: string }[], packet: StoredPacket): Promise<void> {
    const value = encodePacket(publishOf(packet));
    for (const { clientId } of subs) {
      const seq = ++this.#tail;
      this.#database.put(numberKey('queued', clientId, seq), value);
      this.#database.put(counterKey(clientId, packet), seqBytes(seq));
    }
    this.#database.defer(this.#tailRecord);
    await this.#database.flush();
  }

  readonly #tailRecord = {
    write: (batch: { put(key: Buffer, value: Buffer): void }): void => batch.put(TAIL, seqBytes(this.#tail)),
  };

  /**
   * Notes the packet id of a message that is sent, or puts a PUBREL in the place of the message with its packet id.
   */
  async outgoingUpdate({ id }: Client, packet: StoredPacket): Promise<void> {
    const { messageId = 0 } = packet;
    const isMessage = packet.brokerId !== undefined;
    const index = isMessage ? counterKey(id, packet) : numberKey('byMessageId', id, messageId);
    const found = await this.#database.get(index);
    const key = found && numberKey('queued', id, seqOf(found));
    const value = key && (await this.#database.get(key));
    if (!found || !key || !value) throw noSuchPacket();
    this.#database.put(key, encodePacket(isMessage ? { ...decodePacket(value), messageId } : packet));
    this.#database.put(numberKey('byMessageId', id, messageId), found);
    await this.#database.flush();
  }

  /** Removes the packet with this packet id, and answers it; undefined when there is none. */
  async outgoingClearMessageId({ id }: Client, { messageId }: StoredPacket): Promise<StoredPacket | undefined> {
    if (messageId === undefined) return undefined;
    const index = numberKey('byMessageId', id, messageId);
    const found = await this.#database.get(index);
    const key = found && numberKey('queued', id, seqOf(found));
    const value = key && (await this.#database.get(key));
    if (!key || !value) return undefined;
    const packet = decodePacket(value);
    this.#database.del(key, value.length);
    this.#database.del(index);
    this.#database.del(counterKey(id, packet));
    await this.#database.flush();
    return packet;
  }

  outgoingStream({ id }: Client): Readable {
    return Readable.from(this.#outgoing(id));
  }

  async *#outgoing(clientId: string): AsyncGenerator<StoredPacket> {
    for await (const [, value] of this.#database.walk(boundsOf('queued', clientId))) {
      const packet = decodePacket(value);
      // What aedes has not sent has the field without a value.
      yield packet.cmd === 'publish' ? { ...packet, messageId: packet.messageId } : packet;
    }
  }

  async incomingStorePacket({ id }: Client, packet: StoredPacket): Promise<void> {
    const { messageId = 0 } = packet;
    this.#database.put(numberKey('incoming', id, messageId), encodePacket({ ...publishOf(packet), messageId }));
    await this.#database.flush();
  }

  async incomingGetPacket({ id }: Client, { messageId = 0 }: StoredPacket): Promise<StoredPacket> {
    const value = await this.#database.get(numberKey('incoming', id, messageId));
    if (!value) throw noSuchPacket();
    return decodePacket(value);
  }

  async incomingDelPacket(client: Client, packet: StoredPacket): Promise<void> {
    await this.incomingGetPacket(client, packet);
    this.#database.del(numberKey('incoming', client.id, packet.messageId ?? 0));
    await this.#database.flush();
  }

  cleanIncoming({ id }: Client): Promise<void> {
    return this.#clear('incoming', id);
  }

  async putWill(
    { id }: Client,
    packet: StoredPacket & { clientId?: string; brokerId?: string | undefined },
  ): Promise<void> {
    Object.assign(packet, { brokerId: this.broker?.id, clientId: id });
    this.#database.put(Buffer.from(WILL + id), encodePacket(packet));
    await this.#database.flush();
  }

  async getWill({ id }: Client): Promise<StoredPacket | undefined> {
    const value = await this.#database.get(Buffer.from(WILL + id));
    return value && decodePacket(value);
  }

  async delWill(client: Client): Promise<StoredPacket | undefined> {
    const will = await this.getWill(client);
    this.#database.del(Buffer.from(WILL + client.id));
    await this.#database.flush();
    return will;
  }

  /** Wills of the clients of brokers that are not among these. */
  streamWill(brokers: Readonly<Record<string, unknown>> = {}): Readable {
    return Readable.from(this.#wills(brokers));
  }

  async *#wills(brokers: Readonly<Record<string, unknown>>): AsyncGenerator<StoredPacket> {
    for await (const [, value] of this.#database.walk(kindBounds(WILL))) {
      const will = decodePacket(value);
      if (!Object.hasOwn(brokers, String(will.brokerId))) yield will;
    }
  }

  /** Ids of the clients that have a subscription with exactly this topic filter. */
  getClientList(topicFilter: string): Readable {
    const subscriptions = this.#subscriptions;
    return Readable.from(
      (function* () {
        for (const [clientId, held] of subscriptions) if (held.has(topicFilter)) yield clientId;
      })(),
    );
  }

  /** The database is closed by whoever opened it. */
  async destroy(): Promise<void> {
    if (this.#isDestroyed) throw new Error('destroy was called before');
    this.#isDestroyed = true;
    await this.#database.flush();
  }
}

const kindBounds = (kind: string): Bounds => ({
  gte: Buffer.from(kind),
  lt: Buffer.from([kind.charCodeAt(0), kind.charCodeAt(1) + 1]),
});

function seqBytes(seq: number): Buffer {
  const bytes = Buffer.allocUnsafe(SEQ_BYTES);
  bytes.writeUIntBE(seq, 0, SEQ_BYTES);
  return bytes;
}
