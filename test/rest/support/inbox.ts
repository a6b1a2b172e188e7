import type { IPublishPacket, MqttClient } from 'mqtt';

export interface Received {
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly retain: boolean;
}

/** The messages that a client receives. */
export interface Inbox {
  /** The next `count` messages, in the order of their arrival; waits for those that are not there yet. */
  take(count: number): Promise<readonly Received[]>;
}

/** Gathers what the client receives from now on. */
export function inboxOf(client: MqttClient): Inbox {
  const messages: Received[] = [];
  let arrived = (): void => {};
  client.on('message', (topic: string, payload: Buffer, { qos, retain }: IPublishPacket) => {
    messages.push({ topic, payload: payload.toString(), qos, retain });
    arrived();
  });
  return {
    async take(count) {
      while (messages.length < count) await new Promise<void>((resolve) => (arrived = resolve));
      return messages.splice(0, count);
    },
  };
}

/** Resolves at the client's next event of this kind. */
export const next = (client: MqttClient, event: 'close' | 'message' | 'packetreceive'): Promise<void> =>
  new Promise((resolve) => client.once(event, () => resolve()));
