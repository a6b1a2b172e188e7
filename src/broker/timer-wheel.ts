/** Something that is to be woken; it is on one wheel at most. */
export interface Sleeper {
  /** Where it is on the wheel; of the wheel's own concern. */
  slot: Set<Sleeper> | null;
  wake(): void;
}

/** Milliseconds of a slot. */
const TICK = 16;
const SLOTS = 64;

/** The longest that somebody sleeps on a wheel, in milliseconds. */
export const LONGEST_SLEEP = (SLOTS - 1) * TICK;

/** Wakes many after a while, each at about the time that it asked for, by one timer, which runs only while one sleeps. */
export class TimerWheel {
  readonly #slots: readonly Set<Sleeper>[] = Array.from({ length: SLOTS }, () => new Set<Sleeper>());
  #at = 0;
  #count = 0;
  #timer: NodeJS.Timeout | null = null;
  /** When the slot at `#at` is due. */
  #due = 0;

  get size(): number {
    return this.#count;
  }

  /** Wakes it in `milliseconds`, or after the longest sleep if that is sooner. It must not sleep already. */
  sleep(sleeper: Sleeper, milliseconds: number): void {
    if (this.#timer === null) {
      this.#due = performance.now() + TICK;
      this.#timer = setTimeout(() => this.#turn(), TICK);
    }
    const ticks = Math.min(SLOTS - 1, Math.max(1, Math.ceil(milliseconds / TICK)));
    const slot = this.#slots[(this.#at + ticks) % SLOTS] as Set<Sleeper>;
    slot.add(sleeper);
    sleeper.slot = slot;
    this.#count++;
  }

  /** It is not to be woken any more; one that does not sleep is passed over. */
  remove(sleeper: Sleeper): void {
    if (!sleeper.slot?.delete(sleeper)) return;
    sleeper.slot = null;
    this.#count--;
    this.#rest();
  }

  /** Wakes all of them now. */
  wakeAll(): void {
    for (const slot of this.#slots) this.#wake(slot);
    this.#rest();
  }

  #turn(): void {
    // A turn that came late makes up for the slots that it missed.
    for (const now = performance.now(); this.#due <= now; this.#due += TICK) {
      this.#at = (this.#at + 1) % SLOTS;
      this.#wake(this.#slots[this.#at] as Set<Sleeper>);
    }
    const wait = Math.max(1, this.#due - performance.now());
    this.#timer = this.#count > 0 ? setTimeout(() => this.#turn(), wait) : null;
  }

  #wake(slot: Set<Sleeper>): void {
    for (const sleeper of [...slot]) {
      if (sleeper.slot !== slot) continue;
      slot.delete(sleeper);
      sleeper.slot = null;
      this.#count--;
      sleeper.wake();
    }
  }

  #rest(): void {
    if (this.#count > 0 || this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
  }
}
