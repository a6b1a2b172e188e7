import { Link } from './link.ts';
import { type OnPayload, receive } from './receiver.ts';
import { Tally } from './tally.ts';

/** A persistent session at QoS 1 whose client is away, unless it reads. */
export class OfflineSession {
  readonly #clientId: string;
  /** Messages that the client has received so far. */
  readonly #received = new Tally('messages');

  private constructor(clientId: string) {
    this.#clientId = clientId;
  }

  static async create(port: number, clientId: string, topic: string): Promise<OfflineSession> {
    const link = await Link.open(port, { clientId, clean: false });
    await link.subscribe([topic], 1);
    await link.close();
    return new OfflineSession(clientId);
  }

  get received(): number {
    return this.#received.count;
  }

  /**
   * Comes back and reads the next messages, `count` of them, all of which wait. Resolves with the milliseconds from the
   * CONNECT to the `first` message and to the last; rejects when the session is not there, or messages are not.
   */
  async read(
    port: number,
    count: number,
    { first = count, onPayload }: { readonly first?: number; readonly onPayload?: OnPayload } = {},
  ): Promise<{ readonly first: number; readonly all: number }> {
    const before = this.#received.count;
    const start = performance.now();
    const link = await Link.open(port, { clientId: this.#clientId, clean: false }, (own) => {
      receive(own, this.#received, onPayload);
    });
    try {
      if (!link.sessionPresent) throw new Error(`the session of '${this.#clientId}' is gone, and its messages with it`);
      await this.#received.until((sum) => sum >= before + first);
      const reached = performance.now() - start;
      await this.#received.until((sum) => sum >= before + count);
      return { first: reached, all: performance.now() - start };
    } finally {
      await link.close();
    }
  }
}
