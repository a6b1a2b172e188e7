import type { Json } from '../../rest-facade/execute.ts';

/** A page as text around its items. */
export interface PageText {
  readonly head: string;
  readonly items: readonly Json[];
  readonly tail: string;
}

/** JSON of this many rows is a text that is cheap to make and to copy. */
export const ROWS_IN_ONE_PIECE = 100;
const ROWS_AT_ONCE = 500;
const COMMA = 0x2c;

let pageBefore: Promise<unknown> = Promise.resolve();

/**
 * The bytes of a page. A long one is made in steps, so that nobody else waits for it; several long ones are made one
 * after the other, because each that is under way holds its rows and bytes, and the garbage collector pays for them.
 */
export function pagePieces(page: PageText): Promise<Buffer[]> {
  if (page.items.length <= ROWS_AT_ONCE) return makePieces(page);
  const made = pageBefore.then(() => makePieces(page));
  pageBefore = made.catch(() => {});
  return made;
}

async function makePieces({ head, items, tail }: PageText): Promise<Buffer[]> {
  const pieces = [Buffer.from(head)];
  for (let from = 0; from < items.length; from += ROWS_IN_ONE_PIECE) {
    if (from > 0 && from % ROWS_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
    // The brackets are cut off the bytes: a text that is cut and joined is copied once more.
    const list = Buffer.from(JSON.stringify(items.slice(from, from + ROWS_IN_ONE_PIECE)));
    list[0] = COMMA;
    pieces.push(list.subarray(from === 0 ? 1 : 0, -1));
  }
  pieces.push(Buffer.from(tail));
  return pieces;
}
