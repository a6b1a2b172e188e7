import { createKeyedDigest } from '../../access/keyed-digest.ts';
import { AgingMap } from '../../aging-map.ts';
import type { Vouched } from '../../broker/hooks.ts';

/** What was answered about credentials, for a while. They are kept as a digest under a key that nobody else has. */
export class AnswerCache {
  readonly #ttl: number;
  readonly #maxSize: number;
  readonly #digest = createKeyedDigest();
  readonly #answers = new AgingMap<Vouched>();

  /** `ttl` in milliseconds, 0 remembers nothing; `maxSize` in answers, of which the oldest leave. */
  constructor(ttl: number, maxSize: number) {
    this.#ttl = ttl;
    this.#maxSize = maxSize;
  }

  /** The name under which the answer to these requests is kept. */
  keyOf(...asked: readonly (string | Buffer | undefined)[]): string {
    return this.#digest(...asked.map((part) => Buffer.from((part ?? '') as string).toString('base64')));
  }

  get(key: string): Vouched | null {
    return this.#answers.get(key, this.#ttl);
  }

  put(key: string, verdict: Vouched): void {
    if (this.#ttl > 0) this.#answers.put(key, verdict, this.#maxSize);
  }
}
