import type { IPublishPacket, Packet } from 'mqtt-packet';
import type { Ledger } from './ledger.ts';
import { messageOf, nameOf, TOPIC_FILTER } from './message.ts';
import { Wire } from './wire.ts';

/**
 * The one subscriber, with a persistent session at QoS 2. It acknowledges at once and in order, and remembers the
 * packet ids of QoS 2 messages until their PUBREL [MQTT-4.3.3-2].
 */
export class SoakSubscriber {
  readonly clientId = 'soak-subscriber';
  readonly #ledger: Ledger;
  /** The message that each packet id in use stands for. */
  readonly #unreleased = new Map<number, string>();
  #connections = 0;
  #wire: Wire | null = null;
  #onSuback: (granted: readonly unknown[]) => void = () => {};

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  get closed(): Promise<unknown> {
    return this.#wire?.closed ?? Promise.resolve();
  }

  async connect(port: number, isExpected: () => boolean): Promise<void> {
    const listener = {
      packet: (packet: Packet) => this.#read(packet),
      closed: () => {
        this.#wire = null;
        if (!isExpected()) this.#ledger.fault(`the server closed the connection of '${this.clientId}'`);
      },
    };
    await Wire.open(port, this.clientId, listener, (wire, sessionPresent) => {
      this.#wire = wire;
      this.#connections += 1;
      if (this.#connections === 1 || sessionPresent) return;
      this.#ledger.forget(this.clientId);
      this.#unreleased.clear();
    });
  }

  /** Subscribes to what the publishers publish. Rejects when less than QoS 2 is granted. */
  async subscribe(): Promise<void> {
    const granted = await new Promise<readonly unknown[]>((resolve) => {
      this.#onSuback = resolve;
      this.#wire?.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: TOPIC_FILTER, qos: 2 }] });
    });
    if (granted[0] !== 2) throw new Error(`'${TOPIC_FILTER}' was granted ${granted[0]}, not QoS 2`);
  }

  async leave(): Promise<void> {
    await this.#wire?.leave();
    this.#wire = null;
  }

  #read(packet: Packet): void {
    if (packet.cmd === 'publish') {
      this.#receive(packet);
    } else if (packet.cmd === 'pubrel') {
      const messageId = packet.messageId ?? 0;
      // An unknown one is that whose PUBCOMP the server did not get.
      this.#unreleased.delete(messageId);
      this.#wire?.send({ cmd: 'pubcomp', messageId });
    } else if (packet.cmd === 'suback') {
      this.#onSuback(packet.granted);
    } else {
      this.#ledger.fault(`'${this.clientId}' received ${packet.cmd}`);
    }
  }

  #receive({ topic, payload, qos, dup, retain, messageId = 0 }: IPublishPacket): void {
    const text = payload.toString();
    const message = messageOf(topic, text);
    if (!message || qos !== message.qos || retain) {
      const flags = `QoS ${qos}, retain ${retain}`;
      this.#ledger.fault(`'${this.clientId}' received '${text.slice(0, 40)}' to '${topic}' with ${flags}`);
    }
    if (qos === 2) {
      const held = this.#unreleased.get(messageId);
      this.#unreleased.set(messageId, text);
      if (held === undefined) {
        if (message) this.#ledger.receive(message, { dup, packetId: messageId, connection: this.#connections });
      } else if (held !== text) {
        this.#ledger.fault(`packet id ${messageId} came with another message while it was in use`);
      } else if (!dup && message) {
        this.#ledger.fault(`${nameOf(message)} was sent again without DUP`);
      }
      this.#wire?.send({ cmd: 'pubrec', messageId });
    } else if (qos === 1) {
      if (message) this.#ledger.receive(message, { dup, packetId: messageId, connection: this.#connections });
      this.#wire?.send({ cmd: 'puback', messageId });
    }
  }
}
