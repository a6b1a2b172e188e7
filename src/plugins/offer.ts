/** What an active plugin has for others. */
export interface Offered<T> {
  /** Null while the plugin is not active. */
  readonly now: T | null;
}

/** The place where a plugin puts what it has for others, each instance of it when it is taken into use. */
export class Offer<T> implements Offered<T> {
  now: T | null = null;

  /** Answers a function that takes it back, unless another instance has put its own there meanwhile. */
  make(value: T): () => void {
    this.now = value;
    return () => {
      if (this.now === value) this.now = null;
    };
  }
}
