/** Negative when `a` comes before `b`, zero when they are the same row, positive when it comes behind. */
export type Compare<Row> = (a: Row, b: Row) => number;

/** A place in the order, seen from a row: negative when the row comes before it, zero when the row stands there. */
export type Probe<Row> = (row: Row) => number;

const FULL_BLOCK = 512;
const LARGEST_BLOCK = 2 * FULL_BLOCK;
const SMALL_BLOCK = FULL_BLOCK / 4;

/**
 * Rows in the order of a comparator, no two of them equal. They lie in blocks of some 512 rows, so that
 * adding, removing, ranking and slicing cost a binary search and a move inside one block, at any size.
 * A list of one block is one plain array: hundreds of thousands of one-row lists are affordable.
 */
export class OrderedList<Row> {
  readonly #compare: Compare<Row>;
  /** The rows while one block is enough; unused beside `#blocks`. */
  #only: Row[];
  /** Two blocks and more, none of them empty. */
  #blocks: Row[][] | null = null;
  #size: number;
  /** Changes with every insertion and removal, for walks under way. */
  #version = 0;

  /** `rows`, when given, are already in order; the list keeps and changes this array. */
  constructor(compare: Compare<Row>, rows: Row[] = []) {
    this.#compare = compare;
    this.#only = rows;
    this.#size = rows.length;
  }

  get size(): number {
    return this.#size;
  }

  /** The last row in order; undefined when the list is empty. */
  get last(): Row | undefined {
    return this.#blockAt(this.#blockCount() - 1)?.at(-1);
  }

  /** Adds a row at its place, at the end in constant time. Answers false when an equal row is there, which stays. */
  insert(row: Row): boolean {
    const { last } = this;
    if (last === undefined) {
      // A literal of one row takes one slot, where a push reserves seventeen.
      this.#only = [row];
    } else if (this.#compare(last, row) < 0) {
      this.#append(row);
    } else {
      const at = this.#seek((other) => this.#compare(other, row));
      const block = this.#blockAt(at.block)!;
      if (this.#compare(block[at.index]!, row) === 0) return false;
      block.splice(at.index, 0, row);
      if (block.length > LARGEST_BLOCK) this.#split(at.block, block);
    }
    this.#size += 1;
    this.#version += 1;
    return true;
  }

  /** Removes the row that equals `row`. Answers false when there is none. */
  delete(row: Row): boolean {
    const at = this.#seek((other) => this.#compare(other, row));
    const block = this.#blockAt(at.block);
    const found = block?.[at.index];
    if (block === undefined || found === undefined || this.#compare(found, row) !== 0) return false;
    block.splice(at.index, 1);
    if (this.#blocks !== null && block.length < SMALL_BLOCK) this.#shrink(this.#blocks, at.block);
    this.#size -= 1;
    this.#version += 1;
    return true;
  }

  /** The row that stands at the probe's place; undefined when there is none. */
  find(probe: Probe<Row>): Row | undefined {
    const at = this.#seek(probe);
    const row = this.#blockAt(at.block)?.[at.index];
    return row !== undefined && probe(row) === 0 ? row : undefined;
  }

  has(row: Row): boolean {
    return this.find((other) => this.#compare(other, row)) !== undefined;
  }

  /** How many rows come before the probe's place. */
  rankOf(probe: Probe<Row>): number {
    const at = this.#seek(probe);
    let rank = at.index;
    for (let block = 0; block < at.block; block += 1) rank += this.#blockAt(block)!.length;
    return rank;
  }

  /** At most `limit` rows from the row with `rank` rows before it; empty when `rank` is behind the end. */
  slice(rank: number, limit: number): Row[] {
    if (rank >= this.#size || limit <= 0) return [];
    let block = 0;
    let skip = rank;
    while (skip >= this.#blockAt(block)!.length) {
      skip -= this.#blockAt(block)!.length;
      block += 1;
    }
    const rows = this.#blockAt(block)!.slice(skip, skip + limit);
    for (block += 1; rows.length < limit && block < this.#blockCount(); block += 1) {
      const source = this.#blockAt(block)!;
      const end = Math.min(source.length, limit - rows.length);
      for (let index = 0; index < end; index += 1) rows.push(source[index]!);
    }
    return rows;
  }

  /**
   * The rows from the probe's place to the end, one at a time. Rows may come and go between two steps: a row
   * that is there all the time is given once, a row that left is not given any more.
   */
  *walk(from: Probe<Row>): Generator<Row, void, undefined> {
    let at = this.#seek(from);
    let version = this.#version;
    for (;;) {
      const block = this.#blockAt(at.block);
      if (block === undefined) return;
      if (at.index >= block.length) {
        at = { block: at.block + 1, index: 0 };
        continue;
      }
      const row = block[at.index]!;
      at.index += 1;
      yield row;
      if (version !== this.#version) {
        version = this.#version;
        at = this.#seek((other) => (this.#compare(other, row) <= 0 ? -1 : 1));
      }
    }
  }

  /** All rows in order, with the promise of `walk`. */
  [Symbol.iterator](): Generator<Row, void, undefined> {
    return this.walk(() => 1);
  }

  #blockCount(): number {
    return this.#blocks === null ? 1 : this.#blocks.length;
  }

  #blockAt(index: number): Row[] | undefined {
    if (this.#blocks !== null) return this.#blocks[index];
    return index === 0 ? this.#only : undefined;
  }

  /** The first row not before the probe's place; one block behind the last when all rows are before it. */
  #seek(probe: Probe<Row>): { block: number; index: number } {
    let block = 0;
    if (this.#blocks !== null) block = lowerBound(this.#blocks, (rows) => probe(rows[rows.length - 1]!));
    const rows = this.#blockAt(block);
    return { block, index: rows === undefined ? 0 : lowerBound(rows, probe) };
  }

  #append(row: Row): void {
    const last = this.#blockAt(this.#blockCount() - 1)!;
    if (last.length < FULL_BLOCK) last.push(row);
    else if (this.#blocks === null) this.#blocks = [this.#only, [row]];
    else this.#blocks.push([row]);
  }

  #split(index: number, block: Row[]): void {
    const tail = block.splice(block.length >> 1);
    if (this.#blocks === null) this.#blocks = [block, tail];
    else this.#blocks.splice(index + 1, 0, tail);
  }

  /** Drops the block when it is empty, or joins it to a neighbour that leaves room for more. */
  #shrink(blocks: Row[][], index: number): void {
    const block = blocks[index]!;
    if (block.length === 0) {
      blocks.splice(index, 1);
    } else {
      const left = index > 0 ? index - 1 : index;
      const joined = blocks[left]!.length + blocks[left + 1]!.length;
      if (joined <= FULL_BLOCK + SMALL_BLOCK) blocks.splice(left, 2, blocks[left]!.concat(blocks[left + 1]!));
    }
    if (blocks.length > 1) return;
    this.#only = blocks[0]!;
    this.#blocks = null;
  }
}

/** Index of the first item that is not before the probe's place. */
function lowerBound<Item>(items: readonly Item[], probe: Probe<Item>): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (probe(items[middle]!) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
