import type { Packet } from 'mqtt-packet';
import type { PacketFields } from '../domain.ts';
import type { Acknowledgement } from './frames.ts';

/** A packet as it was read, or as much of it as is known where it is written. */
export type SomePacket =
  | Packet
  | { readonly cmd: Acknowledgement; readonly messageId: number }
  | { readonly cmd: 'suback'; readonly messageId: number; readonly granted: readonly number[] };

const NOTHING: PacketFields = {
  packetId: null,
  topic: null,
  qos: null,
  retain: null,
  duplicate: null,
  payload: null,
  payloadSize: null,
  subscriptions: null,
  topicFilters: null,
  returnCode: null,
  returnCodes: null,
  sessionPresent: null,
  username: null,
  cleanSession: null,
  keepalive: null,
  protocolName: null,
  protocolVersion: null,
  willTopic: null,
  willQos: null,
  willRetain: null,
};

/** What a packet says, field by field, so that a secret which some packet has cannot be among it. */
export function fieldsOf(packet: SomePacket): PacketFields {
  const packetId = packet.messageId ?? null;
  switch (packet.cmd) {
    case 'connect':
      return {
        ...NOTHING,
        username: packet.username ?? null,
        cleanSession: packet.clean ?? null,
        keepalive: packet.keepalive ?? null,
        protocolName: packet.protocolId ?? null,
        protocolVersion: packet.protocolVersion ?? null,
        willTopic: packet.will?.topic ?? null,
        willQos: packet.will?.qos ?? null,
        willRetain: packet.will?.retain ?? null,
      };
    case 'connack':
      return { ...NOTHING, returnCode: packet.returnCode ?? null, sessionPresent: packet.sessionPresent };
    case 'publish': {
      const { topic, qos, retain, dup } = packet;
      const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
      return { ...NOTHING, packetId, topic, qos, retain, duplicate: dup, payload, payloadSize: payload.length };
    }
    case 'subscribe': {
      const subscriptions = packet.subscriptions.map(({ topic, qos }) => ({ topicFilter: topic, qos }));
      return { ...NOTHING, packetId, subscriptions };
    }
    case 'suback':
      return { ...NOTHING, packetId, returnCodes: packet.granted.map(Number) };
    case 'unsubscribe':
      return { ...NOTHING, packetId, topicFilters: packet.unsubscriptions };
    default:
      return { ...NOTHING, packetId };
  }
}
