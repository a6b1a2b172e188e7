/** What stands before the first `:` of an alarm's id. */
export const kindOf = (id: string): string => id.split(':', 1)[0] ?? id;

/** How many alarms there are of each kind. */
export class KindCounts {
  readonly #counts = new Map<string, number>();

  of(kind: string): number {
    return this.#counts.get(kind) ?? 0;
  }

  add(kind: string, more: number): void {
    const count = this.of(kind) + more;
    if (count > 0) this.#counts.set(kind, count);
    else this.#counts.delete(kind);
  }

  /** Those of all kinds, the smallest first. */
  ascending(): number[] {
    return [...this.#counts.values()].sort((a, b) => a - b);
  }
}
