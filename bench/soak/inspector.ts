import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';

const LOOKS = 10;
const BETWEEN_LOOKS = 200;

/** The heap of another process of Node.js that was started with `--inspect=127.0.0.1:0`. */
export class Inspector {
  readonly #socket: WebSocket;
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** Connects to the address that the process has written to its standard error. */
  static async open(output: string): Promise<Inspector> {
    const url = /Debugger listening on (ws:\/\/\S+)/.exec(output)?.[1];
    if (url === undefined) throw new Error('the process does not say where its debugger listens');
    const socket = new WebSocket(url, { perMessageDeflate: false });
    await once(socket, 'open');
    return new Inspector(socket);
  }

  async #call(method: string): Promise<Record<string, unknown>> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#socket.send(JSON.stringify({ id, method }));
    for (;;) {
      const [data] = (await once(this.#socket, 'message')) as [Buffer];
      const answer = JSON.parse(data.toString()) as { id?: number; result?: Record<string, unknown> };
      if (answer.id !== id) continue;
      if (!answer.result) throw new Error(`${method} failed: ${data}`);
      return answer.result;
    }
  }

  /** Bytes of the heap that are in use after collections of garbage, as many as free something. */
  async heap(): Promise<number> {
    let least = Number.POSITIVE_INFINITY;
    for (let look = 0; look < LOOKS; look += 1) {
      await this.#call('HeapProfiler.collectGarbage');
      const { usedSize } = await this.#call('Runtime.getHeapUsage');
      if (typeof usedSize !== 'number') throw new Error('the process does not tell the size of its heap');
      if (usedSize > least * 0.995) return Math.min(least, usedSize);
      least = usedSize;
      await pause(BETWEEN_LOOKS);
    }
    return least;
  }

  close(): void {
    this.#socket.terminate();
  }
}
