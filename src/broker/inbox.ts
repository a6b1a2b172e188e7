import type { Packet } from 'mqtt-packet';
import type { AedesClient } from './aedes.ts';
import { Throttle, type Throttles } from './throttle.ts';

/** Handles a packet: at once, or in a while when it answers a promise. */
export type PacketHandler = (packet: Packet) => void | Promise<void>;

export interface InboxParts {
  readonly handle: PacketHandler;
  /** Told once of bytes that are no packet. */
  readonly onFault: (error: Error) => void;
  /** Says that nothing should be read for now; `pump` goes on. */
  readonly isFull: () => boolean;
  readonly throttles: Throttles;
  /** The client's address. */
  readonly address: string;
}

/** Bytes that are read at once where messages may have to wait: as packets they take a hundred times the memory. */
const PIECE = 1024;

/**
 * The packets of one connection, handled one by one in the order of their arrival. Of its own aedes handles all packets
 * of a chunk at once, so that a slow hook reorders them. A chunk is read when what was read before is handled: a client
 * that sends faster than it is served, or than it may, waits in its own socket.
 */
export class Inbox {
  /** aedes has the CONNECT, or another packet that is its own, and says when it is done with it. */
  #isBusy = false;
  readonly #client: AedesClient;
  readonly #handle: PacketHandler;
  readonly #onFault: (error: Error) => void;
  readonly #isFull: () => boolean;
  /** A fault came: what follows is no MQTT. */
  #isBroken = false;
  /** A fault or a DISCONNECT was handled: nothing behind it is [MQTT-3.14.4-2]. */
  #isOver = false;
  /** The client sends no more; what it sent is still to be handled. */
  #isEnded = false;
  #onClosed: () => void = () => {};
  readonly #throttle: Throttle;
  readonly #giveToAedes: (packet: Packet) => void;
  #waiting: (Packet | Error)[] = [];
  #at = 0;

  /** Takes over the reading of a client that aedes has just begun to serve. */
  constructor(client: AedesClient, { handle, onFault, isFull, throttles, address }: InboxParts) {
    this.#client = client;
    this.#handle = handle;
    this.#onFault = onFault;
    this.#isFull = isFull;
    this.#throttle = new Throttle(
      throttles,
      address,
      () => this.pump(),
      () => this.#stayAlive(),
    );
    const parser = client._parser;
    const [enqueue] = parser.listeners('packet') as ((packet: Packet) => void)[];
    if (!enqueue) throw new Error('aedes listens to no packets');
    this.#giveToAedes = (packet) => {
      client._parsingBatch = 0;
      enqueue.call(parser, packet);
    };
    parser.removeAllListeners('packet');
    parser.removeAllListeners('error');
    parser.on('packet', (packet) => this.#take(packet));
    parser.on('error', (error) => this.#take(error));
    client.conn.removeListener('readable', client._nextBatch);
    client.conn.on('readable', () => this.pump());
    client._nextBatch = (error) => {
      if (error) client.emit('error', error);
      else this.#goOn();
    };
    this.#watchEnd();
    // aedes holds its own reading while it authenticates, and this one waits for it anyway.
    client.pause = () => {};
    client.resume = () => {};
  }

  /**
   * aedes closes at the end of the stream, whatever still waits for a verdict. Here a client that hangs up behind its
   * last packets is closed when they are handled: a DISCONNECT may be among them.
   */
  #watchEnd(): void {
    const client = this.#client;
    const { conn, close } = client;
    client._eos();
    client._eos = () => {};
    const atEnd = conn.listeners('end').at(-1) as (() => void) | undefined;
    if (!atEnd) throw new Error('aedes listens to no end');
    conn.removeListener('end', atEnd);
    conn.on('end', () => {
      this.#isEnded = true;
      if (!client.connected) client.close();
      else this.pump();
    });
    conn.on('close', () => {
      if (!this.#isEnded) client.close();
    });
    client.close = (done) => {
      close.call(client, done);
      this.#throttle.close();
      const tell = this.#onClosed;
      this.#onClosed = () => {};
      tell();
    };
  }

  /** Calls back when the client is closed. */
  onceClosed(then: () => void): void {
    if (this.#client.closed) then();
    else this.#onClosed = then;
  }

  #take(item: Packet | Error): void {
    if (this.#isBroken || this.#isOver) return;
    if (item instanceof Error) this.#isBroken = true;
    if (this.#isBusy || this.#at < this.#waiting.length || !this.#mayBegin(item)) this.#waiting.push(item);
    else this.#begin(item);
  }

  #mayBegin(item: Packet | Error): boolean {
    if (item instanceof Error || item.cmd !== 'publish' || !this.#client.connected) return true;
    return this.#throttle.takeMessage();
  }

  #stayAlive(): void {
    if (this.#client._keepaliveInterval > 0) this.#client._keepaliveTimer?.refresh();
  }

  #begin(item: Packet | Error): void {
    if (item instanceof Error) {
      this.#isOver = true;
      this.#onFault(item);
      return;
    }
    const { connected } = this.#client;
    // Nobody reads the answer.
    if (this.#isEnded && item.cmd === 'pingreq') return;
    if (!connected || item.cmd === 'connect' || item.cmd === 'pingreq' || item.cmd === 'disconnect') {
      this.#isBusy = true;
      if (item.cmd === 'disconnect') this.#isOver = true;
      this.#giveToAedes(item);
      return;
    }
    this.#stayAlive();
    const handled = this.#handle(item);
    if (!handled) return;
    this.#isBusy = true;
    handled.then(
      () => this.#goOn(),
      (error: Error) => this.#client.emit('error', error),
    );
  }

  /** Bytes to read next, all unless given. */
  #nextLength(): number | undefined {
    if (!this.#throttle.countsMessages) return undefined;
    return Math.min(this.#client.conn.readableLength, PIECE) || undefined;
  }

  #goOn(): void {
    this.#isBusy = false;
    this.pump();
  }

  /** Handles what waits and reads on, as far as it goes without waiting. */
  pump(): void {
    this.#pump();
    const isDone = !this.#isBusy && !this.#isFull() && this.#at >= this.#waiting.length;
    if (this.#isEnded && isDone) this.#client.close();
  }

  #pump(): void {
    const { conn, _parser: parser } = this.#client;
    while (!this.#isBusy && !this.#isOver && !this.#client.closed) {
      const item = this.#waiting[this.#at];
      if (item !== undefined) {
        if (!this.#mayBegin(item)) return;
        this.#at++;
        this.#begin(item);
        continue;
      }
      this.#waiting = [];
      this.#at = 0;
      if (this.#isBroken || this.#isFull()) return;
      // A client that has not connected yet has a deadline for it.
      if (this.#client.connected && !this.#throttle.mayRead()) return;
      const chunk = conn.read(this.#nextLength()) as Buffer | null;
      if (chunk === null) return;
      this.#throttle.countBytes(chunk.length);
      parser.parse(chunk);
    }
  }
}
