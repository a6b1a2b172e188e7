/**
 * Values by key, each worth something for a while. How long, and how many there may be, is said with each call, for both
 * may change; of more, the oldest leave.
 */
export class AgingMap<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly since: number }>();

  get size(): number {
    return this.#entries.size;
  }

  /** A value that is younger than so many milliseconds; null when there is none. */
  get(key: string, longest: number): Value | null {
    const entry = this.#entries.get(key);
    if (!entry) return null;
    if (performance.now() - entry.since < longest) return entry.value;
    this.#entries.delete(key);
    return null;
  }

  /** Keeps a value as the youngest of at most so many. */
  put(key: string, value: Value, most: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, since: performance.now() });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= most) return;
      this.#entries.delete(oldest);
    }
  }

  /** Forgets the values of which this holds. */
  forget(isGone: (value: Value) => boolean): void {
    for (const [key, { value }] of this.#entries) if (isGone(value)) this.#entries.delete(key);
  }
}
