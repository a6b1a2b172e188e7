import type { Duplex } from 'node:stream';
import type { AedesClient } from '../src/broker/aedes.ts';
import { LiveConnection } from '../src/broker/live-connection.ts';
import type { MqttBroker } from '../src/broker/mqtt-broker.ts';

/** What a row reads of its socket. */
class NoSocket {
  get writableLength(): number {
    return 0;
  }

  write(): boolean {
    return true;
  }
}

const HOUR = 3_600_000;

/** The client id of the row with this number. */
export const clientIdOf = (index: number): string => `client-${String(index).padStart(6, '0')}`;

/** Lists `count` connections that nobody holds: rows like any other, without a socket and without an MQTT client. */
export function listConnections(broker: MqttBroker, nodeName: string, count: number): LiveConnection[] {
  const now = Date.now();
  return Array.from({ length: count }, (_, index) => {
    const peer = {
      ipAddress: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
      port: 1024 + (index % 60_000),
      transport: index % 4 === 0 ? ('WEBSOCKET' as const) : ('TCP' as const),
      peerCertificate: 'NO_TLS' as const,
      localPort: 1883,
      certificate: null,
      certifiedName: null,
    };
    const conn = new NoSocket() as unknown as Duplex;
    const row = new LiveConnection(
      nodeName,
      peer,
      conn,
      {} as AedesClient,
      broker.metrics,
      { highWatermark: 1, maxUnread: 2 },
      broker.events,
    );
    row.clientId = clientIdOf(index);
    row.username = index % 3 === 0 ? null : `user-${index % 1000}`;
    row.cleanSession = index % 5 !== 0;
    row.connectedAt = now - (index % 86_400) * 1000 - HOUR;
    row.keepalive = 60;
    if (index % 10 === 0) {
      const payload = Buffer.from('gone');
      row.will = { topic: `wills/${index}`, payload, qos: 0, retain: false, clientId: row.clientId, publishedAt: now };
    }
    row.bytesReceived = 14 + index * 7;
    row.bytesSent = 4 + index * 11;
    row.socketReads = 1 + (index % 500);
    row.socketWrites = 1 + (index % 700);
    row.packetsReceived = 1 + (index % 400);
    row.packetsSent = 1 + (index % 600);
    row.messagesReceived = index % 300;
    row.messagesSent = index % 500;
    broker.registry.open(row);
    return row;
  });
}
