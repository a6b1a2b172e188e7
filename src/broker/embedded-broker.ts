import { Readable } from 'node:stream';
import { Aedes, type AedesClient, type AedesOptions } from './aedes.ts';

/**
 * What aedes asks of a store while a client connects and leaves. Sessions, messages and wills are this broker's own
 * business, so that aedes finds nothing and keeps nothing.
 */
const nothing = {
  async setup(): Promise<void> {},
  async subscriptionsByClient(): Promise<never[]> {
    return [];
  },
  async cleanSubscriptions(): Promise<void> {},
  async cleanIncoming(): Promise<void> {},
  async delWill(): Promise<void> {},
  outgoingStream: (): Readable => Readable.from([]),
  streamWill: (): Readable => Readable.from([]),
};

type Done = (error?: Error | null) => void;

/**
 * aedes as the keeper of connections: it reads CONNECT, answers it, watches keepalives, answers PINGREQ and closes. Its
 * bookkeeping of clients is by identity here. Of its own it works by client id: a connection that ends late, after its
 * successor with the same id came, would take the successor off the list.
 */
export class EmbeddedBroker extends Aedes {
  constructor(options: Omit<AedesOptions, 'persistence' | 'concurrency' | 'maxClientsIdLength'>) {
    // How long a client id may be is decided when its client comes in.
    super({ ...options, concurrency: 100, maxClientsIdLength: 65_535, persistence: nothing });
  }

  override registerClient(client: AedesClient): void {
    // It left while aedes looked for its session.
    if (!client.closed) super.registerClient(client);
  }

  override unregisterClient(client: AedesClient): void {
    if (this.clients[client.id] === client) super.unregisterClient(client);
  }

  /** Only what aedes tells itself of: messages of clients do not come this way. */
  override publish(packet: { topic: string }, _client: AedesClient | null | Done, done?: Done): void {
    this.mq.emit(packet, () => done?.());
  }
}
