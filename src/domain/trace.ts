import type { Qos } from '../domain.ts';

/** Seen from the broker. */
export type PacketDirection = 'RECEIVED' | 'SENT';

export type PacketType =
  | 'CONNECT'
  | 'CONNACK'
  | 'PUBLISH'
  | 'PUBACK'
  | 'PUBREC'
  | 'PUBREL'
  | 'PUBCOMP'
  | 'SUBSCRIBE'
  | 'SUBACK'
  | 'UNSUBSCRIBE'
  | 'UNSUBACK'
  | 'PINGREQ'
  | 'PINGRESP'
  | 'DISCONNECT'
  | 'AUTH';

interface TraceEventBase {
  readonly at: number;
  readonly nodeName: string;
  readonly clientId: string;
  readonly ipAddress: string;
  /** 0 when a proxy did not tell it. */
  readonly port: number;
}

/** What a packet says; what packets of its type do not have is null. Of a CONNECT neither password nor will's payload. */
export interface PacketFields {
  /** Also null for a PUBLISH with QoS 0. */
  readonly packetId: number | null;
  readonly topic: string | null;
  readonly qos: Qos | null;
  readonly retain: boolean | null;
  readonly duplicate: boolean | null;
  readonly payload: Buffer | null;
  readonly payloadSize: number | null;
  /** Of a SUBSCRIBE, with the QoS that is asked for. */
  readonly subscriptions: readonly { readonly topicFilter: string; readonly qos: Qos }[] | null;
  /** Of an UNSUBSCRIBE. */
  readonly topicFilters: readonly string[] | null;
  /** Of a CONNACK. */
  readonly returnCode: number | null;
  /** Of a SUBACK. */
  readonly returnCodes: readonly number[] | null;
  readonly sessionPresent: boolean | null;
  readonly username: string | null;
  readonly cleanSession: boolean | null;
  readonly keepalive: number | null;
  readonly protocolName: string | null;
  readonly protocolVersion: number | null;
  readonly willTopic: string | null;
  readonly willQos: Qos | null;
  readonly willRetain: boolean | null;
}

export interface TracedPacket extends TraceEventBase, PacketFields {
  readonly type: 'PACKET';
  readonly direction: PacketDirection;
  readonly packetType: PacketType;
}

/** A connection of the client ended; `reason` as listeners count it. */
export interface TracedEnd extends TraceEventBase {
  readonly type: 'END';
  readonly reason: string;
}

export type TraceEvent = TracedPacket | TracedEnd;

export interface TraceFlow {
  /** Calls `tell` with each from now on, and must not be kept waiting by it. Answers what ends it. */
  follow(tell: (event: TraceEvent) => void): () => void;
}
