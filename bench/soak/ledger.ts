import { type Message, nameOf } from './message.ts';

/** How the subscriber received a message. */
export interface Receipt {
  readonly dup: boolean;
  readonly packetId: number;
  /** Number of the subscriber's connection, from 1. */
  readonly connection: number;
}

/** What the ledger holds against a server: the number of breaches of each kind. */
export interface Breaches {
  /** Acknowledged messages that never came. */
  lost: number;
  /** Messages that came after a later one of the same publisher and QoS, or repeats that left some out. */
  outOfOrder: number;
  /** QoS 2 messages that came as a new message more than once. */
  doubledQos2: number;
  /** QoS 1 messages that came more often, without DUP, than their publisher sent them. */
  doubledQos1: number;
  /** Sessions that were not there any more at a CONNECT. */
  forgotten: number;
  /** Whatever else MQTT forbids. */
  faults: number;
}

export interface Verdict extends Breaches {
  readonly published: number;
  readonly acknowledged: number;
  /** Different messages that came. */
  readonly received: number;
  /** QoS 1 messages that came again, as they may. */
  readonly repeated: number;
  /** A few breaches in words. */
  readonly examples: readonly string[];
}

/** The kinds of breaches, none of which a server may show. */
export const KINDS = ['lost', 'outOfOrder', 'doubledQos2', 'doubledQos1', 'forgotten', 'faults'] as const;

export const breachesOf = (verdict: Breaches): number => KINDS.reduce((sum, kind) => sum + verdict[kind], 0);

const EXAMPLES_OF_A_KIND = 5;

/** Messages of one publisher at one QoS; arrays are indexed by a message's number. */
interface Stream {
  published: number;
  readonly acknowledged: boolean[];
  /** How often the publisher sent it again. */
  readonly resent: number[];
  /** How often it came without DUP. */
  readonly copies: number[];
  readonly received: boolean[];
  readonly packetIds: number[];
  /** Highest number that came. */
  highest: number;
  /** Number that came last, and over which connection. */
  last: number;
  connection: number;
}

/** Writes down what publishers and the subscriber see, and holds it against what MQTT and the broker promise. */
export class Ledger {
  readonly #streams = new Map<string, Stream>();
  readonly #breaches: Breaches = { lost: 0, outOfOrder: 0, doubledQos2: 0, doubledQos1: 0, forgotten: 0, faults: 0 };
  readonly #examples = new Map<keyof Breaches, string[]>();
  #acknowledged = 0;
  #received = 0;
  #repeated = 0;
  #missing = 0;
  #onChange: () => void = () => {};

  /** Called whenever something is acknowledged or received. */
  set onChange(listener: () => void) {
    this.#onChange = listener;
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  get received(): number {
    return this.#received;
  }

  /** Messages that are acknowledged and have not come yet. */
  get missing(): number {
    return this.#missing;
  }

  #stream({ publisher, qos }: Pick<Message, 'publisher' | 'qos'>): Stream {
    const key = `${publisher} ${qos}`;
    let stream = this.#streams.get(key);
    if (!stream) {
      const nothing = { acknowledged: [], resent: [], copies: [], received: [], packetIds: [] };
      stream = { ...nothing, published: 0, highest: -1, last: -1, connection: 0 };
      this.#streams.set(key, stream);
    }
    return stream;
  }

  /** The next message of a publisher. */
  publish(publisher: number, qos: 1 | 2): Message {
    const stream = this.#stream({ publisher, qos });
    stream.published += 1;
    return { publisher, qos, number: stream.published - 1 };
  }

  resend(message: Message): void {
    const { resent } = this.#stream(message);
    resent[message.number] = (resent[message.number] ?? 0) + 1;
  }

  /** The server took the message over: a PUBACK, or the first PUBREC. */
  acknowledge(message: Message): void {
    const stream = this.#stream(message);
    stream.acknowledged[message.number] = true;
    this.#acknowledged += 1;
    if (!stream.received[message.number]) this.#missing += 1;
    this.#onChange();
  }

  /** The subscriber got a message: of QoS 1 any PUBLISH, of QoS 2 one whose packet id was not in use. */
  receive(message: Message, receipt: Receipt): void {
    const stream = this.#stream(message);
    if (message.number >= stream.published) {
      this.fault(`${nameOf(message)} came, which was never published`);
      return;
    }
    const isRepeat = stream.received[message.number] === true;
    if (isRepeat) this.#repeat(message, receipt, stream);
    else this.#first(message, stream);
    if (message.qos === 1 && !receipt.dup) this.#countCopy(message, stream);
    stream.packetIds[message.number] = receipt.packetId;
    stream.last = message.number;
    stream.connection = receipt.connection;
    this.#onChange();
  }

  #first(message: Message, stream: Stream): void {
    stream.received[message.number] = true;
    this.#received += 1;
    if (stream.acknowledged[message.number]) this.#missing -= 1;
    if (message.number < stream.highest) {
      this.#breach('outOfOrder', `${nameOf(message)} came after number ${stream.highest}`);
    }
    stream.highest = Math.max(stream.highest, message.number);
  }

  #repeat(message: Message, { dup, packetId, connection }: Receipt, stream: Stream): void {
    if (message.qos === 2) {
      this.#breach('doubledQos2', `${nameOf(message)} came twice`);
      return;
    }
    this.#repeated += 1;
    // Over one connection a queue is read forwards: repeats begin anywhere, and go on one by one.
    if (connection === stream.connection && message.number > stream.last + 1) {
      this.#breach('outOfOrder', `${nameOf(message)} came again after number ${stream.last}`);
    }
    const before = stream.packetIds[message.number];
    if (dup && (stream.resent[message.number] ?? 0) === 0 && packetId !== before) {
      this.fault(`${nameOf(message)} came again with DUP and the packet id ${packetId}, not ${before}`);
    }
  }

  #countCopy(message: Message, stream: Stream): void {
    const copies = (stream.copies[message.number] ?? 0) + 1;
    stream.copies[message.number] = copies;
    if (copies > 1 + (stream.resent[message.number] ?? 0)) {
      this.#breach('doubledQos1', `${nameOf(message)} came ${copies} times without DUP`);
    }
  }

  forget(clientId: string): void {
    this.#breach('forgotten', `the session of '${clientId}' was gone`);
  }

  fault(what: string): void {
    this.#breach('faults', what);
  }

  #breach(kind: keyof Breaches, example: string): void {
    this.#breaches[kind] += 1;
    const examples = this.#examples.get(kind) ?? [];
    this.#examples.set(kind, examples);
    if (examples.length < EXAMPLES_OF_A_KIND) examples.push(example);
  }

  /** The verdict when nothing is under way any more. */
  close(): Verdict {
    let published = 0;
    for (const [key, stream] of this.#streams) {
      const [publisher = 0, qos] = key.split(' ').map(Number);
      published += stream.published;
      for (let number = 0; number < stream.published; number += 1) {
        if (!stream.acknowledged[number] || stream.received[number]) continue;
        this.#breach(
          'lost',
          `${nameOf({ publisher, qos: qos === 2 ? 2 : 1, number })} was acknowledged and never came`,
        );
      }
    }
    return {
      ...this.#breaches,
      published,
      acknowledged: this.#acknowledged,
      received: this.#received,
      repeated: this.#repeated,
      examples: Array.from(this.#examples.values()).flat(),
    };
  }
}
