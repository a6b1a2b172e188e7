/** What happens, told to whoever listens, in the order in which they came. Telling costs next to nothing while nobody does. */
export class Signal<Args extends readonly unknown[]> {
  readonly #onFault: (fault: unknown) => void;
  #listeners: readonly ((...args: Args) => void)[] = [];

  /** `onFault` gets what a listener throws; the others are told all the same. */
  constructor(onFault: (fault: unknown) => void) {
    this.#onFault = onFault;
  }

  /** Whether somebody listens: where the telling itself needs preparation. */
  get isHeard(): boolean {
    return this.#listeners.length > 0;
  }

  /** Answers a function that ends it. */
  listen(listener: (...args: Args) => void): () => void {
    // Apart from the same function that somebody else gave.
    const own = (...args: Args): void => listener(...args);
    this.#listeners = [...this.#listeners, own];
    return () => {
      this.#listeners = this.#listeners.filter((each) => each !== own);
    };
  }

  tell(...args: Args): void {
    // A listener may come or go meanwhile: the list is made anew then.
    for (const listener of this.#listeners) {
      try {
        listener(...args);
      } catch (fault) {
        this.#onFault(fault);
      }
    }
  }
}
