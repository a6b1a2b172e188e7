/** A piece of work that can be left and taken up again. */
export interface Work {
  /** Works until it is done, or until `isOver`, asked after each step, says so. Answers whether it is done. */
  work(isOver: () => boolean): boolean;
}

/** Milliseconds of one stage in one turn of the event loop, after which nothing more is begun. */
const MOST_AT_ONCE = 5;

/**
 * Puts work off until the end of the turn of the event loop, so that what a turn brings is done in one piece, and never
 * does much of it at once: what is left is done in the next turn, behind what came from sockets meanwhile. First comes
 * `execute`, then `write`, so that all payloads of a turn leave a socket in one write.
 */
export class TurnEnd {
  readonly #executing = new Set<Work>();
  readonly #writing = new Set<Work>();
  #isDue = false;

  execute(work: Work): void {
    this.#executing.add(work);
    this.#plan();
  }

  write(work: Work): void {
    this.#writing.add(work);
    this.#plan();
  }

  #plan(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#work(this.#executing);
      this.#work(this.#writing);
      this.#isDue = false;
      if (this.#executing.size + this.#writing.size > 0) this.#plan();
    });
  }

  #work(stage: Set<Work>): void {
    const end = performance.now() + MOST_AT_ONCE;
    const isOver = (): boolean => performance.now() > end;
    for (const work of stage) {
      stage.delete(work);
      // Behind the others: none of them may wait for one that has much to do.
      if (!work.work(isOver)) stage.add(work);
      if (isOver()) return;
    }
  }
}
