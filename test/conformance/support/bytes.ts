/** A string or bytes behind its length in two bytes, as MQTT writes texts and payloads in CONNECT [MQTT-1.5.3]. */
export function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value as string);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** The length behind the first byte of a packet, in one to four bytes [MQTT-2.2.3]. */
export function remainingLength(length: number): Buffer {
  const bytes: number[] = [];
  for (let rest = length; ; rest = rest >> 7) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 127) | 128);
  }
}

/** A packet of any first byte and any content, whether MQTT allows it or not. Numbers are single bytes. */
export function packet(first: number, ...parts: readonly (Buffer | number)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : part)));
  return Buffer.concat([Buffer.from([first]), remainingLength(content.length), content]);
}

/** Bits of the connect flags [MQTT-3.1.2.3]. */
export const FLAG = {
  reserved: 1,
  clean: 2,
  will: 4,
  willQos1: 8,
  willQos2: 16,
  willRetain: 32,
  password: 64,
  user: 128,
};

export interface ConnectBytes {
  readonly first?: number;
  readonly name?: string | Buffer;
  readonly level?: number;
  readonly flags?: number;
  /** Everything behind the keep alive: client id, will topic, will message, user name, password. */
  readonly payload?: readonly Buffer[];
}

/** A CONNECT of any content; without arguments one that has to be accepted. */
export const connectBytes = ({
  first = 0x10,
  name = 'MQTT',
  level = 4,
  flags = FLAG.clean,
  payload = [field('bytes')],
}: ConnectBytes = {}): Buffer => packet(first, field(name), level, flags, 0, 0, ...payload);

export const subscribeBytes = (...filters: readonly (readonly [string | Buffer, number])[]): Buffer =>
  packet(0x82, 0, 1, ...filters.flatMap(([filter, options]) => [field(filter), options]));

export const unsubscribeBytes = (...filters: readonly (string | Buffer)[]): Buffer =>
  packet(0xa2, 0, 1, ...filters.map(field));

export const publishBytes = (topic: string | Buffer): Buffer => packet(0x30, field(topic), Buffer.from('x'));
