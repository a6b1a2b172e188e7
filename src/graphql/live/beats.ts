/** A timer for all that is open, which runs while something is. */
export class Beats {
  readonly #beats = new Set<() => void>();
  readonly #interval: () => number;
  #timer: NodeJS.Timeout | null = null;

  /** `interval` answers milliseconds; `restart` is to be called when it answers others. */
  constructor(interval: () => number) {
    this.#interval = interval;
  }

  /** Calls `beat` again and again. Answers what ends that. */
  add(beat: () => void): () => void {
    // Apart from the same function that somebody else gave.
    const own = (): void => beat();
    this.#beats.add(own);
    if (!this.#timer) this.restart();
    return () => {
      if (this.#beats.delete(own) && this.#beats.size === 0) this.restart();
    };
  }

  /** Begins to wait for the next beat anew. */
  restart(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    if (this.#beats.size === 0) return;
    this.#timer = setInterval(() => {
      for (const each of this.#beats) each();
    }, this.#interval()).unref();
  }
}
