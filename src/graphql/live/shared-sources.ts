import type { LiveSource, Open, Sink } from '../../../resolvers/live-source.ts';

/** Sources by their keys, each of which is open once while somebody follows it. */
export class SharedSources {
  readonly #open = new Map<string, SharedSource>();

  get size(): number {
    return this.#open.size;
  }

  /** Opens a source for a document, together with all that have its key. */
  opening(source: LiveSource<unknown>): Open<unknown> {
    const { key } = source;
    if (key === null) return source.through(source.open);
    return source.through((sink) => {
      let shared = this.#open.get(key);
      if (!shared) {
        shared = new SharedSource(source, () => this.#open.delete(key));
        this.#open.set(key, shared);
      }
      return shared.open(sink);
    });
  }
}

class SharedSource {
  readonly #source: LiveSource<unknown>;
  readonly #onClosed: () => void;
  readonly #sinks = new Set<Sink<unknown>>();
  /** The newest value, where one stands for all before it. */
  #newest: { readonly value: unknown } | null = null;
  #close: (() => void) | null = null;

  constructor(source: LiveSource<unknown>, onClosed: () => void) {
    this.#source = source;
    this.#onClosed = onClosed;
  }

  open(sink: Sink<unknown>): () => void {
    this.#sinks.add(sink);
    if (this.#newest) sink.next(this.#newest.value);
    if (!this.#close) this.#begin();
    return () => {
      if (!this.#sinks.delete(sink) || this.#sinks.size > 0) return;
      this.#onClosed();
      this.#close?.();
    };
  }

  #begin(): void {
    const isWhole = this.#source.kind !== 'events';
    try {
      this.#close = this.#source.open({
        next: (value) => {
          if (isWhole) this.#newest = { value };
          for (const sink of this.#sinks) sink.next(value);
        },
        fail: (error) => {
          // Whoever comes next begins anew.
          this.#onClosed();
          for (const sink of this.#sinks) sink.fail(error);
        },
      });
    } catch (fault) {
      this.#onClosed();
      throw fault;
    }
    // It failed at once, and nobody is left who could close it.
    if (this.#sinks.size === 0) this.#close();
  }
}
