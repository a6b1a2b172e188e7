import { connect, type Socket } from 'node:net';
import { generate, type Packet, parser } from 'mqtt-packet';
import type { Order } from './load.ts';
import { pace } from './pace.ts';

type Publish = Extract<Order, { order: 'publish' }>;

const PAYLOAD = 'x'.repeat(100);

/** An MQTT client that publishes, and measures how long the PUBACK takes. */
class Publisher {
  readonly #socket: Socket;
  readonly #sentAt = new Map<number, number>();
  readonly #latencies: number[];
  #messageId = 0;
  #drained: (() => void) | null = null;

  private constructor(socket: Socket, latencies: number[]) {
    this.#socket = socket;
    this.#latencies = latencies;
  }

  static connect(port: number, clientId: string, latencies: number[]): Promise<Publisher> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1').setNoDelay(true);
      const publisher = new Publisher(socket, latencies);
      const reader = parser();
      reader.on('packet', (packet: Packet) => {
        if (packet.cmd === 'connack') resolve(publisher);
        if (packet.cmd === 'puback') publisher.#acknowledge(packet.messageId ?? 0);
      });
      socket.on('error', reject).on('data', (chunk: Buffer) => reader.parse(chunk));
      socket.write(
        generate({ cmd: 'connect', clientId, protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 0 }),
      );
    });
  }

  publish(): void {
    this.#messageId = (this.#messageId % 65_535) + 1;
    const messageId = this.#messageId;
    const packet = generate({
      ...{ cmd: 'publish', topic: 'bench/logins', payload: PAYLOAD, qos: 1, retain: false, dup: false, messageId },
    });
    this.#sentAt.set(messageId, performance.now());
    this.#socket.write(packet);
  }

  /** Hangs up when everything is acknowledged. */
  async close(): Promise<void> {
    if (this.#sentAt.size > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    this.#socket.destroy();
  }

  #acknowledge(messageId: number): void {
    const sentAt = this.#sentAt.get(messageId);
    if (sentAt === undefined) throw new Error(`a PUBACK of ${messageId}, which was not published`);
    this.#sentAt.delete(messageId);
    this.#latencies.push(performance.now() - sentAt);
    if (this.#sentAt.size === 0) this.#drained?.();
  }
}

/** Publishes 100 bytes at QoS 1 from several clients in turn. Answers the milliseconds that each PUBACK took. */
export async function publish({ port, clients, ...rate }: Publish): Promise<readonly number[]> {
  const latencies: number[] = [];
  const publishers = await Promise.all(
    Array.from({ length: clients }, (_, i) => Publisher.connect(port, `publisher-${i}`, latencies)),
  );
  await pace(rate, (number) => publishers[number % clients]?.publish());
  await Promise.all(publishers.map((publisher) => publisher.close()));
  return latencies;
}
