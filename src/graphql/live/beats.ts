/** A timer for all that is open, which runs while something is. */
export class Beats {
  readonly #beats = new Set<() => void>();
  readonly #interval: number;
  #timer: NodeJS.Timeout | null = null;

  /** `interval` in milliseconds. */
  constructor(interval: number) {
    this.#interval = interval;
  }

  /** Calls `beat` again and again. Answers what ends that. */
  add(beat: () => void): () => void {
    // Apart from the same function that somebody else gave.
    const own = (): void => beat();
    this.#beats.add(own);
    this.#timer ??= setInterval(() => {
      for (const each of this.#beats) each();
    }, this.#interval).unref();
    return () => {
      if (!this.#beats.delete(own) || this.#beats.size > 0 || !this.#timer) return;
      clearInterval(this.#timer);
      this.#timer = null;
    };
  }
}
