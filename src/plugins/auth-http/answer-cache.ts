import { createHmac, randomBytes } from 'node:crypto';
import type { Vouched } from '../../broker/hooks.ts';

/** What was answered about credentials, for a while. They are kept as a digest under a key that nobody else has. */
export class AnswerCache {
  readonly #ttl: number;
  readonly #maxSize: number;
  readonly #key = randomBytes(32);
  readonly #answers = new Map<string, { readonly verdict: Vouched; readonly since: number }>();

  /** `ttl` in milliseconds, 0 remembers nothing; `maxSize` in answers, of which the oldest leave. */
  constructor(ttl: number, maxSize: number) {
    this.#ttl = ttl;
    this.#maxSize = maxSize;
  }

  /** The name under which the answer to these requests is kept. */
  keyOf(...asked: readonly (string | Buffer | undefined)[]): string {
    const hmac = createHmac('sha256', this.#key);
    for (const part of asked) {
      const bytes = Buffer.from((part ?? '') as string);
      hmac.update(`${bytes.length} `).update(bytes);
    }
    return hmac.digest('base64');
  }

  get(key: string): Vouched | null {
    const answer = this.#answers.get(key);
    if (!answer) return null;
    if (performance.now() - answer.since < this.#ttl) return answer.verdict;
    this.#answers.delete(key);
    return null;
  }

  put(key: string, verdict: Vouched): void {
    if (this.#ttl === 0) return;
    this.#answers.delete(key);
    this.#answers.set(key, { verdict, since: performance.now() });
    if (this.#answers.size <= this.#maxSize) return;
    const [oldest] = this.#answers.keys();
    if (oldest !== undefined) this.#answers.delete(oldest);
  }
}
