import { Aedes, type AedesClient } from './aedes.ts';

/**
 * aedes with its bookkeeping of clients by identity. Of its own it works by client id: a connection that ends late,
 * after its successor with the same id came, would take the successor off the list.
 */
export class EmbeddedBroker extends Aedes {
  /** Told of the connection that has to go because a new one has its client id [MQTT-3.1.4-2]. */
  onTakeover: (previous: AedesClient) => void = () => {};

  override registerClient(client: AedesClient): void {
    const previous = this.clients[client.id];
    if (previous) this.onTakeover(previous);
    super.registerClient(client);
  }

  override unregisterClient(client: AedesClient): void {
    const current = this.clients[client.id];
    super.unregisterClient(client);
    if (current && current !== client) this.clients[client.id] = current;
  }
}
