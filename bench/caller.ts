import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const HEAD_END = '\r\n\r\n';

/**
 * One kept connection with one request at a time. It reads of an answer only the status and the length, so that the
 * server and not this side is what a measurement waits for.
 */
export class Caller {
  readonly #socket: Socket;
  readonly #request: Buffer;
  #head: Buffer | null = null;
  /** Bytes of the answer that are still to come; null until its head was read. */
  #missing: number | null = null;
  #settle: { resolve: () => void; reject: (error: Error) => void } | null = null;

  private constructor(socket: Socket, request: string) {
    this.#socket = socket;
    this.#request = Buffer.from(request);
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => this.#settle?.reject(error));
    socket.on('close', () => this.#settle?.reject(new Error('the server closed the connection')));
  }

  static async connect(port: number, request: string): Promise<Caller> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Caller(socket, request);
  }

  /** Resolves when the whole answer is there. Rejects when its status is not 200. */
  call(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(this.#request);
    });
  }

  close(): void {
    this.#settle = null;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    if (this.#missing === null) {
      const head = this.#head ? Buffer.concat([this.#head, chunk]) : chunk;
      const end = head.indexOf(HEAD_END);
      if (end < 0) {
        this.#head = head;
        return;
      }
      this.#head = null;
      const text = head.toString('latin1', 0, end);
      const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
      if (!text.startsWith('HTTP/1.1 200 ') || length === undefined) {
        this.#settle?.reject(new Error(`a 200 with a length is expected, not:\n${head.toString()}`));
        return;
      }
      this.#missing = end + HEAD_END.length + Number(length) - head.length;
    } else {
      this.#missing -= chunk.length;
    }
    if (this.#missing > 0) return;
    this.#missing = null;
    this.#settle?.resolve();
  }
}
