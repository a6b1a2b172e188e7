export interface BacklogLimits {
  /** Events that are kept for a slow subscriber. */
  readonly queue: number;
  /** Bytes of them; one is kept whatever its size. */
  readonly queueBytes: number;
}

/** Payloads that were not sent, the oldest first. Beyond its bounds it drops the oldest, and counts them. */
export class Backlog {
  readonly payloads: Buffer[] = [];
  bytes = 0;
  /** Events that were dropped before the first payload. */
  dropped = 0;
  readonly #limits: BacklogLimits;

  constructor(limits: BacklogLimits) {
    this.#limits = limits;
  }

  get isFull(): boolean {
    const { length } = this.payloads;
    return length > 1 && (length > this.#limits.queue || this.bytes > this.#limits.queueBytes);
  }

  /** Adds a payload, after `lost` that nobody has any more. */
  add(payload: Buffer, lost: number): void {
    this.payloads.push(payload);
    this.bytes += payload.length;
    this.dropped += lost;
  }

  /** Drops what is too much. */
  trim(): void {
    while (this.isFull) {
      this.bytes -= (this.payloads.shift() as Buffer).length;
      this.dropped++;
    }
  }

  /** The first payloads are on their way. */
  sent(count: number): void {
    for (const payload of this.payloads.splice(0, count)) this.bytes -= payload.length;
    this.dropped = 0;
  }

  clear(): void {
    this.payloads.length = 0;
    this.bytes = 0;
  }
}
