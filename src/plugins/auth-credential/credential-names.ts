import { Listing } from '../../broker/listing/listing.ts';
import type { CredentialFilter, Slice, SliceResult } from '../../domain.ts';
import { type MaybePromise, whenReady } from '../../maybe-promise.ts';

interface Row {
  readonly seq: number;
  readonly name: string;
}

/** The names of one kind of credentials, in memory and in order: some 150 bytes for each. */
export class CredentialNames {
  readonly #rows = new Map<string, Row>();
  readonly #listing = new Listing<Row, never>({ exact: {}, sorted: ({ name }) => name });
  #lastSeq = 0;

  has(name: string): boolean {
    return this.#rows.has(name);
  }

  add(name: string): void {
    if (this.#rows.has(name)) return;
    const row = { seq: ++this.#lastSeq, name };
    this.#rows.set(name, row);
    this.#listing.add(row);
  }

  delete(name: string): void {
    const row = this.#rows.get(name);
    if (row === undefined) return;
    this.#rows.delete(name);
    this.#listing.delete(row);
  }

  /** Those of a filter, always in the order of names. */
  page({ filter, offset, limit, after }: Slice<CredentialFilter>): MaybePromise<SliceResult<string>> {
    const { name, namePrefix, nameContains } = filter;
    const row = name == null ? undefined : this.#rows.get(name);
    const page = this.#listing.page({
      exact: [],
      prefix: namePrefix ?? '',
      where: nameContains == null ? null : (other) => other.name.includes(nameContains),
      candidates: name == null ? null : row === undefined ? [] : [row],
      offset,
      limit,
      after,
    });
    return whenReady(page, (result) => ({ ...result, items: result.items.map((found) => found.name) }));
  }
}
