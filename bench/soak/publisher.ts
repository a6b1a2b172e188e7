import type { Packet } from 'mqtt-packet';
import type { Ledger } from './ledger.ts';
import { type Message, payloadOf, topicOf } from './message.ts';
import { Wire } from './wire.ts';

const MAX_ID = 65_535;

/** A message that is not acknowledged whole. */
interface Sent {
  readonly message: Message;
  readonly packetId: number;
}

/**
 * A publisher with a persistent session that publishes at QoS 1 and 2, each with a fixed number of messages in flight,
 * and sends again, as [MQTT-4.4.0-1] says, what was not acknowledged when its connection broke: PUBLISH with DUP, and
 * PUBREL for what the server had received.
 */
export class SoakPublisher {
  readonly clientId: string;
  readonly #number: number;
  readonly #ledger: Ledger;
  readonly #inFlight: number;
  readonly #ids = new Set<number>();
  /** In the order of their PUBLISH, which is that of their acknowledgement [MQTT-4.6.0-2] [MQTT-4.6.0-3]. */
  #unacknowledged: Sent[] = [];
  /** QoS 2 after the PUBREC, in the order of PUBREL. */
  #released: Sent[] = [];
  #lastId = 0;
  #wire: Wire | null = null;
  #wasConnected = false;
  #isPublishing = true;
  #onIdle: () => void = () => {};

  constructor(number: number, ledger: Ledger, inFlight: number) {
    this.clientId = `soak-publisher-${number}`;
    this.#number = number;
    this.#ledger = ledger;
    this.#inFlight = inFlight;
  }

  get isIdle(): boolean {
    return this.#unacknowledged.length === 0 && this.#released.length === 0;
  }

  /** Resolves with the end of the connection that there is. */
  get closed(): Promise<unknown> {
    return this.#wire?.closed ?? Promise.resolve();
  }

  /** Called whenever nothing is in flight any more. */
  set onIdle(listener: () => void) {
    this.#onIdle = listener;
  }

  /** Comes back, sends again what it has to, and goes on. `isExpected` tells whether a server may close connections. */
  async connect(port: number, isExpected: () => boolean): Promise<void> {
    const listener = {
      packet: (packet: Packet) => this.#read(packet),
      closed: () => {
        this.#wire = null;
        if (!isExpected()) this.#ledger.fault(`the server closed the connection of '${this.clientId}'`);
      },
    };
    await Wire.open(port, this.clientId, listener, (wire, sessionPresent) => {
      if (this.#wasConnected && !sessionPresent) this.#ledger.forget(this.clientId);
      this.#wasConnected = true;
      this.#wire = wire;
      this.#sendAgain();
      this.#sendMore();
    });
  }

  async leave(): Promise<void> {
    await this.#wire?.leave();
    this.#wire = null;
  }

  /** Publishes no new messages from now on; what is in flight goes on. */
  stop(): void {
    this.#isPublishing = false;
  }

  /** Publishes one message more of each QoS. */
  publishLast(): void {
    this.#publish(1);
    this.#publish(2);
  }

  #sendAgain(): void {
    for (const { packetId } of this.#released) this.#wire?.send({ cmd: 'pubrel', messageId: packetId });
    for (const sent of this.#unacknowledged) {
      this.#ledger.resend(sent.message);
      this.#send(sent, true);
    }
  }

  #sendMore(): void {
    if (!this.#isPublishing) return;
    const isQos = (qos: 1 | 2) => (sent: Sent) => sent.message.qos === qos;
    for (let n = this.#unacknowledged.filter(isQos(1)).length; n < this.#inFlight; n += 1) this.#publish(1);
    const ofQos2 = this.#unacknowledged.filter(isQos(2)).length + this.#released.length;
    for (let n = ofQos2; n < this.#inFlight; n += 1) this.#publish(2);
  }

  #publish(qos: 1 | 2): void {
    do this.#lastId = (this.#lastId % MAX_ID) + 1;
    while (this.#ids.has(this.#lastId));
    const sent: Sent = { message: this.#ledger.publish(this.#number, qos), packetId: this.#lastId };
    this.#ids.add(sent.packetId);
    this.#unacknowledged.push(sent);
    this.#send(sent, false);
  }

  #send({ message, packetId }: Sent, dup: boolean): void {
    this.#wire?.send({
      cmd: 'publish',
      topic: topicOf(message),
      payload: payloadOf(message),
      qos: message.qos,
      messageId: packetId,
      retain: false,
      dup,
    });
  }

  #read(packet: Packet): void {
    const { cmd, messageId = 0 } = packet;
    if (cmd === 'puback') {
      if (this.#acknowledge(messageId, 1)) this.#free(messageId);
    } else if (cmd === 'pubrec') {
      const sent = this.#acknowledge(messageId, 2);
      if (sent) this.#released.push(sent);
      this.#wire?.send({ cmd: 'pubrel', messageId });
    } else if (cmd === 'pubcomp') {
      this.#complete(messageId);
    } else {
      this.#ledger.fault(`'${this.clientId}' received ${cmd}`);
    }
  }

  #acknowledge(packetId: number, qos: 1 | 2): Sent | null {
    const name = qos === 1 ? 'PUBACK' : 'PUBREC';
    const index = this.#unacknowledged.findIndex((sent) => sent.packetId === packetId && sent.message.qos === qos);
    const sent = this.#unacknowledged[index];
    if (!sent) {
      this.#ledger.fault(`'${this.clientId}' received ${name} ${packetId}, which it does not wait for`);
      return null;
    }
    const oldest = this.#unacknowledged.find(({ message }) => message.qos === qos);
    if (oldest !== sent) {
      this.#ledger.fault(`'${this.clientId}' received ${name} ${packetId} before ${name} ${oldest?.packetId}`);
    }
    this.#unacknowledged.splice(index, 1);
    this.#ledger.acknowledge(sent.message);
    return sent;
  }

  #complete(packetId: number): void {
    const index = this.#released.findIndex((sent) => sent.packetId === packetId);
    if (index < 0) {
      this.#ledger.fault(`'${this.clientId}' received PUBCOMP ${packetId}, which it does not wait for`);
      return;
    }
    this.#released.splice(index, 1);
    this.#free(packetId);
  }

  #free(packetId: number): void {
    this.#ids.delete(packetId);
    this.#sendMore();
    if (this.isIdle) this.#onIdle();
  }
}
