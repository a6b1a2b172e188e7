import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A listening port as the `listeners` of the API show it. */
export interface PortFigures {
  readonly protocol: string;
  readonly listenOn: string;
  readonly maxConnections: number;
  readonly currentConnections: number;
  readonly shutdownCount: Readonly<Record<string, number>>;
}

/** A server socket with its open connections and the reasons for which earlier ones ended. */
export class Port implements PortFigures {
  readonly protocol: string;
  readonly maxConnections: number;
  readonly shutdownCount: Record<string, number> = Object.create(null);
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #address: AddressInfo | null = null;

  /** `maxConnections` 0 is no limit; beyond it a connection is closed as soon as it is accepted. */
  constructor(protocol: string, server: Server, maxConnections = 0) {
    this.protocol = protocol;
    this.maxConnections = maxConnections;
    this.#server = server;
    if (maxConnections > 0) server.maxConnections = maxConnections;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Resolves when connections are accepted; `port` 0 takes any free one. */
  async listen(host: string, port: number): Promise<void> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    this.#address = this.#server.address() as AddressInfo;
  }

  get port(): number {
    return this.#address?.port ?? 0;
  }

  /** `address:port`, an IPv6 address in brackets. */
  get listenOn(): string {
    if (!this.#address) return '';
    const { address, port, family } = this.#address;
    return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
  }

  get currentConnections(): number {
    return this.#sockets.size;
  }

  countShutdown(reason: string): void {
    this.shutdownCount[reason] = (this.shutdownCount[reason] ?? 0) + 1;
  }

  /** Accepts no more; what is open stays open. */
  stopAccepting(): void {
    if (this.#server.listening) this.#server.close();
  }

  /** Ends the open connections and resolves when the last one is closed. */
  async close(): Promise<void> {
    this.stopAccepting();
    const closed = [...this.#sockets].map((socket) => (socket.destroyed ? undefined : once(socket, 'close')));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }
}
