import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { generate, type Packet } from 'mqtt-packet';
import { Frames, type OnFrame } from './frames.ts';

export const CONNACK = 2;
export const PUBLISH = 3;
export const PUBACK = 4;
export const SUBACK = 9;
export const UNSUBACK = 11;

/** Type of the packet that begins with this byte. */
export const typeOf = (byte: number): number => byte >> 4;

export interface Identity {
  readonly clientId: string;
  readonly clean: boolean;
}

/** An MQTT connection of the load: fast, and trusting. */
export class Link {
  readonly #socket: Socket;
  #onFrame: OnFrame = () => {};
  #afterChunk: () => void = () => {};
  #sessionPresent = false;

  private constructor(socket: Socket) {
    const frames = new Frames((...frame) => this.#onFrame(...frame));
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      frames.read(chunk);
      this.#afterChunk();
    });
  }

  /**
   * Connects, and resolves with the CONNACK; rejects when the server refuses or closes. `attach` may listen before
   * anything is read that follows the CONNACK.
   */
  static async open(port: number, { clientId, clean }: Identity, attach?: (link: Link) => void): Promise<Link> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const link = new Link(socket);
    link.send({ cmd: 'connect', clientId, protocolId: 'MQTT', protocolVersion: 4, clean, keepalive: 0 });
    await new Promise<void>((resolve, reject) => {
      socket.once('close', () => reject(new Error(`the server closed the connection of '${clientId}'`)));
      link.#onFrame = (bytes, at, body) => {
        const code = bytes[body + 1];
        if (typeOf(bytes[at]!) !== CONNACK || code !== 0) reject(new Error(`'${clientId}' was refused with ${code}`));
        link.#sessionPresent = bytes[body] === 1;
        link.#onFrame = () => {};
        attach?.(link);
        resolve();
      };
    });
    return link;
  }

  /** Whether the server knew a session of this client. */
  get sessionPresent(): boolean {
    return this.#sessionPresent;
  }

  /** From now on every packet goes to `onFrame`; `afterChunk` is called when all packets at hand were there. */
  listen(onFrame: OnFrame, afterChunk: () => void = () => {}): void {
    this.#onFrame = onFrame;
    this.#afterChunk = afterChunk;
  }

  send(packet: Packet): void {
    this.#socket.write(generate(packet));
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** Subscribes to filters at one QoS and resolves with the SUBACK. The listener is gone afterwards. */
  async subscribe(topics: readonly string[], qos: 0 | 1 | 2): Promise<void> {
    await new Promise<void>((resolve) => {
      this.listen((bytes, at) => {
        if (typeOf(bytes[at]!) === SUBACK) resolve();
      });
      this.send({ cmd: 'subscribe', messageId: 1, subscriptions: topics.map((topic) => ({ topic, qos })) });
    });
  }

  /** Says DISCONNECT, and resolves when the connection is closed. */
  async close(): Promise<void> {
    if (this.#socket.closed) return;
    const closed = once(this.#socket, 'close');
    this.#socket.resume().end(generate({ cmd: 'disconnect' }));
    await closed;
  }
}
