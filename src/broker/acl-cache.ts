import type { Verdict } from './hooks.ts';

/** How much is remembered of one connection, read whenever it is needed. */
export interface AclCacheLimits {
  readonly enableAclCache: 'off' | 'on';
  /** Verdicts of one connection. */
  readonly aclCacheMaxSize: number;
  /** Seconds. */
  readonly aclCacheTtl: number;
}

interface Entry {
  readonly topic: string;
  readonly verdict: Verdict;
  /** Milliseconds on a clock that never jumps. */
  readonly since: number;
}

/** What was said about the topics of one connection by whoever takes its time for a verdict. The oldest is forgotten first. */
export class AclCache {
  readonly #entries = new Map<string, Entry>();
  /** Changes when something is forgotten on request: what was asked before is out of date then. */
  edition = 0;

  get size(): number {
    return this.#entries.size;
  }

  /** A verdict that is not older than it may be; null when none is known. */
  get(key: string, { aclCacheTtl }: AclCacheLimits): Verdict | null {
    const entry = this.#entries.get(key);
    if (!entry) return null;
    if (performance.now() - entry.since < aclCacheTtl * 1000) return entry.verdict;
    this.#entries.delete(key);
    return null;
  }

  put(key: string, topic: string, verdict: Verdict, { aclCacheMaxSize }: AclCacheLimits): void {
    this.#entries.delete(key);
    this.#entries.set(key, { topic, verdict, since: performance.now() });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= aclCacheMaxSize) return;
      this.#entries.delete(oldest);
    }
  }

  /** Forgets what was said about a topic or a filter, as it is written. */
  forget(topic: string): void {
    this.edition++;
    for (const [key, entry] of this.#entries) if (entry.topic === topic) this.#entries.delete(key);
  }
}
