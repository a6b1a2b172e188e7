import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { isPromise } from './maybe-promise.ts';
import { type AddressSet, createAddressSet } from './net/address-set.ts';
import { normaliseAddress } from './net/addresses.ts';
import { type ConnectionCount, createConnectionCount, type Leave } from './net/connection-count.ts';
import type { PeerAddress } from './net/proxy-header.ts';
import { acceptProxied } from './net/proxy-protocol.ts';

/** A listening port as the `listeners` of the API show it. */
export interface PortFigures {
  readonly protocol: string;
  readonly listenOn: string;
  /** Of this port and those that share its count; 0 is no limit. */
  readonly maxConnections: number;
  /** Of this port alone. */
  readonly currentConnections: number;
  readonly shutdownCount: Readonly<Record<string, number>>;
}

/** Who may connect to a port. */
export interface PortLimits {
  /**
   * Where its connections are counted, beside those of other ports that are given the same count. Beyond the limit one
   * is closed as soon as it is accepted. The trusted proxies themselves have no limit of their address. Without it there
   * are no limits.
   */
  readonly connections?: ConnectionCount;
  /** Proxies whose word about the address of a client is taken. */
  readonly proxies?: AddressSet;
  /** Whether these begin each connection with a header of the PROXY protocol. */
  readonly proxyProtocol?: boolean;
}

const nobody = createAddressSet([]);

/** Milliseconds that a trusted proxy may take for its header. */
const HEADER_TIMEOUT = 10_000;

const keyOf = ({ remoteAddress, remotePort }: Socket): string => `${remotePort} ${remoteAddress}`;

/** What a connection takes of the limits, as long as somebody holds it. */
class Place {
  /** Whom a trusted proxy spoke for. */
  peer: PeerAddress | null = null;
  readonly #leaves: Leave[] = [];
  #holders = 0;

  add(leave: Leave): void {
    this.#leaves.push(leave);
  }

  /** Answers what gives it up, which is to be called once. */
  hold(): () => void {
    this.#holders++;
    return () => {
      if (--this.#holders === 0) for (const leave of this.#leaves) leave();
    };
  }
}

/**
 * A server socket with its open connections and the reasons for which earlier ones ended. The server serves those that
 * pass: they are within the limits, and a trusted proxy said for whom it speaks.
 */
export class Port implements PortFigures {
  readonly protocol: string;
  readonly shutdownCount: Record<string, number> = Object.create(null);
  /** Told of faults while listening, such as no file descriptors left for a new connection. */
  onFault: (error: Error) => void = () => {};
  /** Called when connections are accepted, and when they are no longer. */
  onStarted: () => void = () => {};
  onStopped: () => void = () => {};
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #connections: ConnectionCount;
  readonly #proxies: AddressSet;
  /** By the other end's address and port: a TLS socket has these too, and is another object than the one accepted. */
  readonly #places = new Map<string, Place>();
  #address: AddressInfo | null = null;

  /** Takes the `connection` listeners of a server, any of node:net, tls, http and https, which are there by now. */
  constructor(protocol: string, server: Server, options: PortLimits = {}) {
    const { connections = createConnectionCount({}), proxies = nobody, proxyProtocol = false } = options;
    this.protocol = protocol;
    this.#server = server;
    this.#connections = connections;
    this.#proxies = proxies;
    server.on('tlsClientError', () => this.countShutdown('tls_error'));
    const listeners = server.listeners('connection');
    server.removeAllListeners('connection');
    const open = (socket: Socket, peer: PeerAddress): void => {
      if (!this.enter(peer.address, socket)) socket.destroy();
      else for (const listener of listeners) listener.call(server, socket);
    };
    const accepted = { proxies: proxyProtocol ? proxies : nobody, timeoutMs: HEADER_TIMEOUT };
    server.on('connection', (socket: Socket) => {
      const place = this.#open(socket);
      if (!place) {
        socket.destroy();
        return;
      }
      const peer = acceptProxied(socket, accepted);
      if (!isPromise(peer)) return open(socket, peer);
      peer.then(
        (source) => {
          if (socket.destroyed) return;
          place.peer = source;
          open(socket, source);
        },
        () => this.countShutdown('proxy_error'),
      );
    });
  }

  /** Gives a socket that was accepted a place; null where there is none left. */
  #open(socket: Socket): Place | null {
    const leave = this.#connections.open();
    if (leave === null) {
      this.countShutdown('too_many_connections');
      return null;
    }
    const key = keyOf(socket);
    const place = new Place();
    place.add(leave);
    this.#places.set(key, place);
    this.#sockets.add(socket);
    const giveUp = place.hold();
    socket.once('close', () => {
      this.#sockets.delete(socket);
      if (this.#places.get(key) === place) this.#places.delete(key);
      giveUp();
    });
    return place;
  }

  /** Where a connection of this port comes from, the TLS socket of one too: the client's end, in front of all proxies. */
  peerOf(socket: Socket): PeerAddress {
    const { remoteAddress = '', remotePort = 0 } = socket;
    return this.#places.get(keyOf(socket))?.peer ?? { address: normaliseAddress(remoteAddress), port: remotePort };
  }

  /**
   * Counts a connection as one from this address, until its place is free. Answers false when the address has its limit
   * already, which `shutdownCount` then has as `too_many_connections`, or when the socket is closed. Of an accepted
   * connection it is called here.
   */
  enter(address: string, socket: Socket): boolean {
    if (this.#proxies.has(address)) return true;
    const place = this.#places.get(keyOf(socket));
    if (!place) return false;
    const leave = this.#connections.enter(address);
    if (leave === null) this.countShutdown('too_many_connections');
    else place.add(leave);
    return leave !== null;
  }

  /**
   * Keeps the place of a connection, the TLS socket of one too, beyond the end of its socket: what it sent may have to be
   * handled yet. Answers what gives it up, which is to be called once.
   */
  hold(socket: Socket): () => void {
    return this.#places.get(keyOf(socket))?.hold() ?? (() => {});
  }

  /** Resolves when connections are accepted; `port` 0 takes any free one. */
  async listen(host: string, port: number): Promise<void> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    this.#server.on('error', (error) => this.onFault(error));
    this.#address = this.#server.address() as AddressInfo;
    this.onStarted();
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

  get maxConnections(): number {
    return this.#connections.maxConnections;
  }

  get currentConnections(): number {
    return this.#sockets.size;
  }

  countShutdown(reason: string): void {
    this.shutdownCount[reason] = (this.shutdownCount[reason] ?? 0) + 1;
  }

  /** Accepts no more; what is open stays open. */
  stopAccepting(): void {
    if (!this.#server.listening) return;
    this.#server.close();
    this.onStopped();
  }

  /** Waits up to `grace` milliseconds for requests that are under way, then ends what is still open. */
  async close(grace = 0): Promise<void> {
    this.stopAccepting();
    const closed = Promise.all([...this.#sockets].map((socket) => once(socket, 'close')));
    const server: Server & { closeIdleConnections?(): void } = this.#server;
    server.closeIdleConnections?.();
    const end = (): void => {
      for (const socket of this.#sockets) socket.destroy();
    };
    if (grace === 0) end();
    else setTimeout(end, grace).unref();
    await closed;
  }
}
