/** What was begun and is not done, so that whoever leaves can wait for it. */
export class UnderWay {
  readonly #promises = new Set<Promise<unknown>>();

  /** Answers the same promise. */
  follow<T>(promise: Promise<T>): Promise<T> {
    const end = (): void => void this.#promises.delete(promise);
    this.#promises.add(promise);
    promise.then(end, end);
    return promise;
  }

  /** Resolves when what was begun so far is done, however it ended. */
  whenDone(): Promise<unknown> {
    return Promise.allSettled(this.#promises);
  }
}
