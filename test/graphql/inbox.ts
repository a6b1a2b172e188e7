import type { IPublishPacket, MqttClient } from 'mqtt';

/** The messages that a client receives, in their order. */
export class Inbox {
  readonly #packets: IPublishPacket[] = [];
  #waiting: ((packet: IPublishPacket) => void)[] = [];

  constructor(client: MqttClient) {
    client.on('message', (_topic, _payload, packet) => {
      const waiting = this.#waiting.shift();
      if (waiting) waiting(packet);
      else this.#packets.push(packet);
    });
  }

  /** Resolves with the next message, one that came already included. */
  async next(): Promise<{ topic: string; payload: string; qos: number; retain: boolean }> {
    const { topic, payload, qos, retain } = await this.#nextPacket();
    return { topic, payload: payload.toString(), qos, retain };
  }

  /** The bytes of the next message. */
  async nextBytes(): Promise<number[]> {
    return [...Buffer.from((await this.#nextPacket()).payload)];
  }

  #nextPacket(): Promise<IPublishPacket> {
    const packet = this.#packets.shift();
    return packet ? Promise.resolve(packet) : new Promise((resolve) => this.#waiting.push(resolve));
  }
}
