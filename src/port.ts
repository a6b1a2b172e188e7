import { once } from 'node:events';
import { Server as HttpServer } from 'node:http';
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
  /** Told of faults while listening, such as no file descriptors left for a new connection. */
  onFault: (error: Error) => void = () => {};
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
    this.#server.on('error', (error) => this.onFault(error));
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

  /** Waits up to `grace` milliseconds for requests that are under way, then ends what is still open. */
  async close(grace = 0): Promise<void> {
    this.stopAccepting();
    const closed = Promise.all([...this.#sockets].map((socket) => once(socket, 'close')));
    if (this.#server instanceof HttpServer) this.#server.closeIdleConnections();
    const end = (): void => {
      for (const socket of this.#sockets) socket.destroy();
    };
    if (grace === 0) end();
    else setTimeout(end, grace).unref();
    await closed;
  }
}
