/** A row of a table. `seq` is a safe integer from 0, larger for every row that is added later, and never used again. */
export interface Numbered {
  readonly seq: number;
}

/** Where a row stands or stood, known from its cursor alone. `key` is empty in insertion order. */
export interface Place {
  readonly seq: number;
  readonly key: string;
}

/** An order of the rows of a table, and the text of its cursors. */
export interface RowOrder<Row> {
  compare(a: Row, b: Row): number;
  /** Negative when the row comes before the place, zero when it stands there. */
  compareTo(row: Row, place: Place): number;
  cursorOf(row: Row): string;
  /** The place that a cursor names; null when the text is no cursor of this order. */
  placeOf(cursor: string): Place | null;
}

/** The order in which rows were added; a cursor is the `seq` in decimal digits. */
export function insertionOrder<Row extends Numbered>(): RowOrder<Row> {
  return {
    compare: (a, b) => a.seq - b.seq,
    compareTo: (row, place) => row.seq - place.seq,
    cursorOf: (row) => String(row.seq),
    placeOf(cursor) {
      const seq = readSeq(cursor);
      return seq === null ? null : { seq, key: '' };
    },
  };
}

/**
 * The order of a text key by UTF-16 code units, rows of one key in insertion order. A cursor is
 * `seq`, a colon and the key.
 */
export function keyOrder<Row extends Numbered>(keyOf: (row: Row) => string): RowOrder<Row> {
  const inOrder = (key: string, seq: number, otherKey: string, otherSeq: number): number => {
    if (key === otherKey) return seq - otherSeq;
    return key < otherKey ? -1 : 1;
  };
  return {
    compare: (a, b) => inOrder(keyOf(a), a.seq, keyOf(b), b.seq),
    compareTo: (row, place) => inOrder(keyOf(row), row.seq, place.key, place.seq),
    cursorOf: (row) => `${row.seq}:${keyOf(row)}`,
    placeOf(cursor) {
      const colon = cursor.indexOf(':');
      const seq = colon < 0 ? null : readSeq(cursor.slice(0, colon));
      return seq === null ? null : { seq, key: cursor.slice(colon + 1) };
    },
  };
}

function readSeq(text: string): number | null {
  const seq = Number(text);
  return Number.isSafeInteger(seq) && seq >= 0 && String(seq) === text ? seq : null;
}
