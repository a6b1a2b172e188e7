/** A packet as aedes hands it over; MQTT 3.1.1 and what aedes notes besides. */
export interface StoredPacket {
  readonly cmd?: string;
  readonly topic?: string;
  readonly payload?: Buffer | string;
  readonly brokerId?: string;
  readonly brokerCounter?: number;
  messageId?: number | undefined;
  readonly [name: string]: unknown;
}

const LENGTH_BYTES = 4;

/** Writes a packet as bytes: the length of its fields as JSON, these, and the payload up to the end. */
export function encodePacket({ payload, ...fields }: StoredPacket): Buffer {
  const json = Buffer.from(JSON.stringify({ ...fields, payload: payload === undefined ? undefined : typeof payload }));
  const length = Buffer.allocUnsafe(LENGTH_BYTES);
  length.writeUInt32BE(json.length);
  return Buffer.concat([
    length,
    json,
    typeof payload === 'string' ? Buffer.from(payload) : (payload ?? Buffer.alloc(0)),
  ]);
}

/** Reads what `encodePacket` wrote; the payload shares its memory. */
export function decodePacket(bytes: Buffer): StoredPacket {
  const end = LENGTH_BYTES + bytes.readUInt32BE();
  const { payload, ...fields } = JSON.parse(bytes.toString('utf8', LENGTH_BYTES, end)) as StoredPacket;
  if (payload === undefined) return fields;
  return { ...fields, payload: payload === 'string' ? bytes.toString('utf8', end) : bytes.subarray(end) };
}

/** A PUBLISH without what belongs to the connection that it came by. */
export function publishOf(packet: StoredPacket): StoredPacket {
  const { cmd = 'publish', brokerId, brokerCounter = 0, topic, payload = Buffer.alloc(0) } = packet;
  const { qos = 0, retain = false, dup = false } = packet;
  const noted: Record<string, unknown> = {};
  for (const name of ['clientId', 'nl', 'properties', 'messageExpiry']) {
    if (Object.hasOwn(packet, name)) noted[name] = packet[name];
  }
  return { ...noted, cmd, brokerId, brokerCounter, topic, payload, qos, retain, dup } as StoredPacket;
}
