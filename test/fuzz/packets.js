import mqttPacket from 'mqtt-packet';
import { mutateBytes } from './bytes.js';

/** Names that some code takes for something else. */
export const WORDS = [
  ...[
    'a',
    'a/b',
    '',
    '/',
    '//',
    '+',
    '#',
    'a/#',
    '+/+',
    '$SYS/#',
    '$share/g/a',
    '$queue/a',
    '\u0000',
    '\ud800',
    '中/😀',
  ],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'null', 'undefined', '-1', '%', '%2f', '../..'],
  ...['x'.repeat(300), 'a/'.repeat(120)],
];

const qos = (random) => random.below(3);
const text = (random) => random.pick(WORDS);
const topic = (random) => random.pick(['a', 'a/b', 'c/d/e', text(random) || 'a']);
const messageId = (random) => random.pick([1, 2, 3, 65_535, 1 + random.below(65_534)]);

const connect = (random) => ({
  cmd: 'connect',
  ...random.pick([
    { protocolId: 'MQTT', protocolVersion: 4 },
    { protocolId: 'MQTT', protocolVersion: 4 },
    { protocolId: 'MQIsdp', protocolVersion: 3 },
    { protocolId: 'MQTT', protocolVersion: 5 },
  ]),
  clean: random.chance(0.7),
  clientId: `fuzz-${random.below(500)}${random.chance(0.2) ? text(random) : ''}`,
  keepalive: random.pick([0, 1, 60, 65_535]),
  ...(random.chance(0.3) && { username: text(random), password: Buffer.from(text(random)) }),
  ...(random.chance(0.3) && {
    will: {
      topic: topic(random),
      payload: random.bytes(random.below(40)),
      qos: qos(random),
      retain: random.chance(0.2),
    },
  }),
});

const acknowledgement = (cmd) => (random) => ({ cmd, messageId: messageId(random) });

/** A packet of every type, those of the server among them. */
const packets = [
  connect,
  (random) => ({ cmd: 'connack', returnCode: random.below(6), sessionPresent: random.chance(0.5) }),
  ...Array(4).fill((random) => ({
    cmd: 'publish',
    topic: topic(random),
    payload: random.bytes(random.below(random.chance(0.02) ? 5000 : 60)),
    qos: qos(random),
    retain: random.chance(0.1),
    dup: random.chance(0.1),
    messageId: messageId(random),
  })),
  ...['puback', 'pubrec', 'pubrel', 'pubcomp', 'unsuback'].map(acknowledgement),
  ...Array(3).fill((random) => ({
    cmd: 'subscribe',
    messageId: messageId(random),
    subscriptions: Array.from({ length: 1 + random.below(4) }, () => ({
      topic: text(random) || '#',
      qos: qos(random),
    })),
  })),
  (random) => ({ cmd: 'suback', messageId: messageId(random), granted: [qos(random), 128] }),
  (random) => ({ cmd: 'unsubscribe', messageId: messageId(random), unsubscriptions: [text(random) || 'a', 'a'] }),
  () => ({ cmd: 'pingreq' }),
  () => ({ cmd: 'pingresp' }),
  () => ({ cmd: 'disconnect' }),
  () => ({ cmd: 'auth', reasonCode: 0x18 }),
];

function encode(packet, protocolVersion) {
  try {
    return mqttPacket.generate(packet, { protocolVersion });
  } catch {
    // The encoder does not know the packet in this version, or refuses a text in it.
    return Buffer.from([0xf0, 0x00]);
  }
}

/** The remaining length says something else [MQTT-2.2.3]. */
function lieAboutLength(random, bytes) {
  let end = 1;
  while (end < 4 && bytes[end] & 0x80) end += 1;
  const length = random.pick([
    [0],
    [1],
    [0x7f],
    [0xff, 0x7f],
    [0xff, 0xff, 0x7f],
    [0xff, 0xff, 0xff, 0x7f],
    [255, 255, 255, 255],
  ]);
  return Buffer.concat([bytes.subarray(0, 1), Buffer.from(length), bytes.subarray(end + 1)]);
}

/** A packet that a server lets in. */
export const validConnect = (random) =>
  encode({ ...connect(random), protocolId: 'MQTT', protocolVersion: 4, clientId: `fuzz-${random.below(500)}` }, 4);

/** The bytes of a packet, with faults in most of them. */
export function packetBytes(random) {
  const make = () => encode(random.pick(packets)(random), random.pick([4, 4, 4, 5]));
  const bytes = make();
  return random.chance(0.25) ? bytes : mutateBytes(random, bytes, make(), [lieAboutLength]);
}
