import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { generate, type Packet, parser } from 'mqtt-packet';

/** What a client of the soak hears of its connection. */
export interface Listener {
  /** A packet after the CONNACK. */
  packet(packet: Packet): void;
  /** The connection ended, and it was not this side that said so. */
  closed(): void;
}

const CONNECT_WITHIN = 30_000;

/** One connection of a client with a persistent session; it hides nothing and repairs nothing. */
export class Wire {
  readonly #socket: Socket;
  readonly closed: Promise<unknown>;
  #isLeaving = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  /**
   * Connects and sends CONNECT. `start` is called with the CONNACK, before anything is read that follows it. Rejects
   * when there is no CONNACK with code 0.
   */
  static async open(
    port: number,
    clientId: string,
    listener: Listener,
    start: (wire: Wire, sessionPresent: boolean) => void,
  ): Promise<void> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.on('error', () => {});
    await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
    const wire = new Wire(socket);
    const reader = parser({ protocolVersion: 4 });
    await new Promise<void>((resolve, reject) => {
      const deadline = setTimeout(() => socket.destroy(), CONNECT_WITHIN);
      let isOpen = false;
      reader.on('error', () => socket.destroy());
      reader.on('packet', (packet: Packet) => {
        if (isOpen) {
          listener.packet(packet);
          return;
        }
        if (packet.cmd !== 'connack' || packet.returnCode !== 0) {
          socket.destroy();
          return;
        }
        isOpen = true;
        clearTimeout(deadline);
        start(wire, packet.sessionPresent);
        resolve();
      });
      socket.on('data', (chunk) => {
        // All answers to a chunk leave together.
        socket.cork();
        reader.parse(chunk);
        socket.uncork();
      });
      wire.closed.then(() => {
        clearTimeout(deadline);
        if (isOpen && !wire.#isLeaving) listener.closed();
        reject(new Error(`'${clientId}' was not let in`));
      });
      wire.send({ cmd: 'connect', clientId, protocolId: 'MQTT', protocolVersion: 4, clean: false, keepalive: 0 });
    });
  }

  send(packet: Packet): void {
    if (this.#socket.writable) this.#socket.write(generate(packet));
  }

  /** Says DISCONNECT, and resolves when the connection is closed. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    this.#socket.end(generate({ cmd: 'disconnect' }));
    await this.closed;
  }
}
