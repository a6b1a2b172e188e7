import { AgingMap } from '../aging-map.ts';
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
}

/** What was said about the topics of one connection by whoever takes its time for a verdict. The oldest is forgotten first. */
export class AclCache {
  readonly #entries = new AgingMap<Entry>();
  /** Changes when something is forgotten on request: what was asked before is out of date then. */
  edition = 0;

  get size(): number {
    return this.#entries.size;
  }

  /** A verdict that is not older than it may be; null when none is known. */
  get(key: string, { aclCacheTtl }: AclCacheLimits): Verdict | null {
    return this.#entries.get(key, aclCacheTtl * 1000)?.verdict ?? null;
  }

  put(key: string, topic: string, verdict: Verdict, { aclCacheMaxSize }: AclCacheLimits): void {
    this.#entries.put(key, { topic, verdict }, aclCacheMaxSize);
  }

  /** Forgets what was said about a topic or a filter, as it is written. */
  forget(topic: string): void {
    this.edition++;
    this.#entries.forget((entry) => entry.topic === topic);
  }
}
