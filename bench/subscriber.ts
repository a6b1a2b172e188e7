import { connect } from 'node:net';
import { generate, type Packet, parser } from 'mqtt-packet';

/** Connects an MQTT client and resolves when its subscription is granted; from then on it reads and forgets. */
export function subscribe(to: { port: number; topicFilter: string }, clientId: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(to.port, '127.0.0.1');
    const reader = parser();
    const read = (chunk: Buffer): number => reader.parse(chunk);
    reader.on('packet', ({ cmd }: Packet) => {
      if (cmd !== 'suback') return;
      socket.off('data', read).resume();
      resolve();
    });
    socket.on('error', reject).on('data', read);
    socket.write(
      generate({ cmd: 'connect', clientId, protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 0 }),
    );
    socket.write(generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: to.topicFilter, qos: 0 }] }));
  });
}
