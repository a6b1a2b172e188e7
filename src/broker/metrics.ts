import type { Packet } from 'mqtt-packet';
import type { MetricsCounters } from '../domain.ts';

/** All counters at zero. */
export function createMetrics(): MetricsCounters {
  return {
    bytesReceived: 0,
    bytesSent: 0,
    packetsReceived: 0,
    packetsSent: 0,
    packetsConnectReceived: 0,
    packetsConnackSent: 0,
    packetsConnackError: 0,
    packetsConnackAuthError: 0,
    packetsPublishReceived: 0,
    packetsPublishSent: 0,
    packetsPublishError: 0,
    packetsPublishAuthError: 0,
    packetsPubackReceived: 0,
    packetsPubackSent: 0,
    packetsPubackMissed: 0,
    packetsPubrecReceived: 0,
    packetsPubrecSent: 0,
    packetsPubrecMissed: 0,
    packetsPubrelReceived: 0,
    packetsPubrelSent: 0,
    packetsPubrelMissed: 0,
    packetsPubcompReceived: 0,
    packetsPubcompSent: 0,
    packetsPubcompMissed: 0,
    packetsSubscribeReceived: 0,
    packetsSubscribeError: 0,
    packetsSubscribeAuthError: 0,
    packetsSubackSent: 0,
    packetsUnsubscribeReceived: 0,
    packetsUnsubscribeError: 0,
    packetsUnsubackSent: 0,
    packetsPingreqReceived: 0,
    packetsPingrespSent: 0,
    packetsDisconnectReceived: 0,
    packetsDisconnectSent: 0,
    packetsAuthReceived: 0,
    packetsAuthSent: 0,
    messagesReceived: 0,
    messagesSent: 0,
    messagesQos0Received: 0,
    messagesQos0Sent: 0,
    messagesQos1Received: 0,
    messagesQos1Sent: 0,
    messagesQos2Received: 0,
    messagesQos2Sent: 0,
    messagesQos2Expired: 0,
    messagesQos2Dropped: 0,
    messagesRetained: 0,
    messagesDropped: 0,
    messagesExpired: 0,
    messagesForwarded: 0,
    authMqttAnonymous: 0,
  };
}

export function countReceived(metrics: MetricsCounters, packet: Packet): void {
  metrics.packetsReceived++;
  switch (packet.cmd) {
    case 'publish':
      metrics.packetsPublishReceived++;
      metrics.messagesReceived++;
      if (packet.qos === 0) metrics.messagesQos0Received++;
      else if (packet.qos === 1) metrics.messagesQos1Received++;
      else metrics.messagesQos2Received++;
      break;
    case 'puback':
      metrics.packetsPubackReceived++;
      break;
    case 'pubrec':
      metrics.packetsPubrecReceived++;
      break;
    case 'pubrel':
      metrics.packetsPubrelReceived++;
      break;
    case 'pubcomp':
      metrics.packetsPubcompReceived++;
      break;
    case 'connect':
      metrics.packetsConnectReceived++;
      break;
    case 'subscribe':
      metrics.packetsSubscribeReceived++;
      break;
    case 'unsubscribe':
      metrics.packetsUnsubscribeReceived++;
      break;
    case 'pingreq':
      metrics.packetsPingreqReceived++;
      break;
    case 'disconnect':
      metrics.packetsDisconnectReceived++;
      break;
    case 'auth':
      metrics.packetsAuthReceived++;
      break;
  }
}

/** Counts a PUBLISH that is written to a client. */
export function countPublishSent(metrics: MetricsCounters, qos: 0 | 1 | 2): void {
  metrics.packetsSent++;
  metrics.packetsPublishSent++;
  metrics.messagesSent++;
  if (qos === 0) metrics.messagesQos0Sent++;
  else if (qos === 1) metrics.messagesQos1Sent++;
  else metrics.messagesQos2Sent++;
}

/** What is counted of a packet other than PUBLISH. */
export interface SentPacket {
  readonly cmd: Packet['cmd'];
  readonly returnCode?: number | undefined;
  readonly granted?: readonly unknown[];
}

/** Counts a packet other than PUBLISH that is written to a client. */
export function countSent(metrics: MetricsCounters, packet: SentPacket): void {
  metrics.packetsSent++;
  switch (packet.cmd) {
    case 'puback':
      metrics.packetsPubackSent++;
      break;
    case 'pubrec':
      metrics.packetsPubrecSent++;
      break;
    case 'pubrel':
      metrics.packetsPubrelSent++;
      break;
    case 'pubcomp':
      metrics.packetsPubcompSent++;
      break;
    case 'connack':
      metrics.packetsConnackSent++;
      if (packet.returnCode) metrics.packetsConnackError++;
      if (packet.returnCode === 4 || packet.returnCode === 5) metrics.packetsConnackAuthError++;
      break;
    case 'suback':
      metrics.packetsSubackSent++;
      if (packet.granted?.includes(128)) metrics.packetsSubscribeError++;
      break;
    case 'unsuback':
      metrics.packetsUnsubackSent++;
      break;
    case 'pingresp':
      metrics.packetsPingrespSent++;
      break;
  }
}
