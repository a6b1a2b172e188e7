/** A message of the soak: who published it, at which QoS, and the how-manieth of these it is, from 0. */
export interface Message {
  readonly publisher: number;
  readonly qos: 1 | 2;
  readonly number: number;
}

export const TOPIC_FILTER = 'soak/+';

export const topicOf = ({ publisher }: Message): string => `soak/${publisher}`;

/** Payload from which the message can be read; up to 255 bytes, so that frames end anywhere in what is read at once. */
export const payloadOf = ({ publisher, qos, number }: Message): string =>
  `${publisher} ${qos} ${number} `.padEnd(32 + ((number * 37) % 224), '.');

/** The message of a topic and a payload; null when they were not made above. */
export function messageOf(topic: string, payload: string): Message | null {
  const [publisher, qos, number] = payload.split(' ', 3).map(Number);
  if (publisher === undefined || number === undefined || (qos !== 1 && qos !== 2)) return null;
  const message: Message = { publisher, qos, number };
  return topicOf(message) === topic && payloadOf(message) === payload ? message : null;
}

/** In the words of a report. */
export const nameOf = ({ publisher, qos, number }: Message): string =>
  `message ${number} of publisher ${publisher} at QoS ${qos}`;
