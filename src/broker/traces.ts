import type { PacketDirection, PacketType, TraceEvent } from '../domain.ts';
import { Signal } from '../signal.ts';
import { fieldsOf, type SomePacket } from './packet-fields.ts';

/** A connection whose packets can be followed. */
export interface Traced {
  readonly nodeName: string;
  readonly ipAddress: string;
  readonly port: number;
  /** Whom its packets are told; null while nobody follows its client. */
  trace: Trace | null;
}

/** What one client and the broker say to each other, told to all who follow it. */
export class Trace {
  readonly #clientId: string;
  readonly #told: Signal<[event: TraceEvent]>;

  /** `onFault` gets what a listener throws. */
  constructor(clientId: string, onFault: (fault: unknown) => void) {
    this.#clientId = clientId;
    this.#told = new Signal(onFault);
  }

  get isHeard(): boolean {
    return this.#told.isHeard;
  }

  /** Answers a function that ends it. */
  listen(tell: (event: TraceEvent) => void): () => void {
    return this.#told.listen(tell);
  }

  packet(connection: Traced, direction: PacketDirection, packet: SomePacket): void {
    // Packet types are the same words in capitals.
    const packetType = packet.cmd.toUpperCase() as PacketType;
    const origin = this.#origin(connection);
    this.#told.tell({ type: 'PACKET', ...origin, direction, packetType, ...fieldsOf(packet) });
  }

  /** The connection ended; `reason` as the listeners count it. */
  end(connection: Traced, reason: string): void {
    this.#told.tell({ type: 'END', ...this.#origin(connection), reason });
  }

  #origin({ nodeName, ipAddress, port }: Traced) {
    return { at: Date.now(), nodeName, clientId: this.#clientId, ipAddress, port };
  }
}

/**
 * Who follows which client. A connection holds the trace of its client while there is one, so that a packet of which
 * nobody wants to know costs one look at a property. Nothing is remembered of clients that nobody follows.
 */
export class Traces {
  readonly #byClientId = new Map<string, Trace>();
  readonly #connectionOf: (clientId: string) => Traced | null;
  readonly #onFault: (fault: unknown) => void;

  /** `connectionOf` finds the connection of a client that is in; `onFault` gets what a listener throws. */
  constructor(connectionOf: (clientId: string) => Traced | null, onFault: (fault: unknown) => void) {
    this.#connectionOf = connectionOf;
    this.#onFault = onFault;
  }

  /** Clients that are followed. */
  get size(): number {
    return this.#byClientId.size;
  }

  /** The trace of a client; null while nobody follows it. */
  of(clientId: string): Trace | null {
    return this.#byClientId.get(clientId) ?? null;
  }

  /** Calls `tell` with every packet of a client from now on, whether it is connected or not. Answers what ends it. */
  follow(clientId: string, tell: (event: TraceEvent) => void): () => void {
    const trace = this.#byClientId.get(clientId) ?? this.#begin(clientId);
    const end = trace.listen(tell);
    return () => {
      end();
      if (!trace.isHeard) this.#end(clientId, trace);
    };
  }

  #begin(clientId: string): Trace {
    const trace = new Trace(clientId, this.#onFault);
    this.#byClientId.set(clientId, trace);
    const connection = this.#connectionOf(clientId);
    if (connection) connection.trace = trace;
    return trace;
  }

  #end(clientId: string, trace: Trace): void {
    if (this.#byClientId.get(clientId) === trace) this.#byClientId.delete(clientId);
    const connection = this.#connectionOf(clientId);
    if (connection?.trace === trace) connection.trace = null;
  }
}
