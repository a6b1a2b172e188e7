import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import type { Outbound } from '../../net/outbound.ts';

/** No key can be told right from wrong: nobody answers who has them. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** The keys of a server as they were fetched last, for whoever asks the same one next. */
export class FetchedKeys {
  readonly url: string;
  keys: ReturnType<typeof createLocalJWKSet> | null = null;
  /** Milliseconds on the clock that never jumps. */
  fetchedAt = Number.NEGATIVE_INFINITY;

  constructor(url: string) {
    this.url = url;
  }
}

export interface RemoteKeysOptions {
  readonly fetched: FetchedKeys;
  readonly outbound: Outbound;
  /** Seconds between two fetches. */
  readonly refreshInterval: number;
  /** Told of every fetch: null when it brought keys, else why it did not. */
  readonly onFetched: (failure: Error | null) => void;
}

/** Milliseconds between two fetches that tokens cause: with keys that nobody knows, and while there are none. */
const COOLDOWN = 30_000;
const RETRY = 5000;
/** Milliseconds that keys are used which could not be fetched anew. */
const KEPT_FOR = 3_600_000;
/** Milliseconds that a client waits for a fetch: less than any deadline of a verdict. */
const PATIENCE = 800;

/** The public keys of a server, fetched now and then and when a token names one that is not among them. */
export class RemoteKeys {
  readonly #options: RemoteKeysOptions;
  #triedAt = Number.NEGATIVE_INFINITY;
  #underWay: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isEnded = false;

  constructor(options: RemoteKeysOptions) {
    this.#options = options;
  }

  /** Fetches them from now on. */
  start(): void {
    if (this.#isEnded) return;
    const { refreshInterval, fetched } = this.#options;
    const wait = this.#triedAt === fetched.fetchedAt ? refreshInterval * 1000 : Math.min(RETRY, refreshInterval * 1000);
    this.#timer = setTimeout(() => {
      void this.fetch()
        .catch(() => {})
        .then(() => this.start());
    }, wait).unref();
  }

  end(): void {
    this.#isEnded = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  /** Rejects when the server does not answer with keys. Those who want it at once share a fetch. */
  fetch(): Promise<void> {
    this.#underWay ??= this.#fetch().finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  async #fetch(): Promise<void> {
    const { fetched, outbound, onFetched } = this.#options;
    const url = new URL(fetched.url);
    const triedAt = performance.now();
    this.#triedAt = triedAt;
    let failure: Error | null = null;
    try {
      const { status, body } = await outbound.request({ method: 'GET', url, headers: { accept: 'application/json' } });
      if (status !== 200) throw new Error(`${url.origin} answers with status ${status}`);
      Object.assign(fetched, { keys: keysOf(body, url), fetchedAt: triedAt });
    } catch (fault) {
      failure = fault as Error;
    }
    if (!this.#isEnded) onFetched(failure);
    if (failure) throw new KeysUnavailable(failure.message, { cause: failure });
  }

  /** The key of a token. Rejects with KeysUnavailable, or with jose's error for a token that none of the keys is for. */
  readonly keyFor: JWTVerifyGetKey = async (header, token) => {
    const { fetched } = this.#options;
    if (!this.#isUsable) await this.#fetchFor(RETRY);
    if (!fetched.keys || !this.#isUsable) throw new KeysUnavailable('the keys of tokens have not been fetched');
    try {
      return await fetched.keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !(await this.#fetchFor(COOLDOWN))) throw error;
      return fetched.keys(header, token);
    }
  };

  get #isUsable(): boolean {
    const { refreshInterval, fetched } = this.#options;
    return performance.now() - fetched.fetchedAt < Math.max(KEPT_FOR, 2000 * refreshInterval);
  }

  /** Fetches for a token, unless that was done a moment ago: answers false then. */
  async #fetchFor(cooldown: number): Promise<boolean> {
    if (!this.#underWay && performance.now() - this.#triedAt < cooldown) return false;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new KeysUnavailable('the keys of tokens take too long to come')), PATIENCE);
    });
    try {
      await Promise.race([this.fetch(), late]);
      return true;
    } finally {
      clearTimeout(timer);
    }
  }
}

function keysOf(body: Buffer, { origin }: URL): ReturnType<typeof createLocalJWKSet> {
  try {
    return createLocalJWKSet(JSON.parse(body.toString()));
  } catch (cause) {
    throw new Error(`${origin} answers with something that is no JSON Web Key Set`, { cause });
  }
}
