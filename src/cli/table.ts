import { safeText } from '../access/safe-text.ts';
import type { Row } from './order.ts';

const cellOf = (value: Row[string] | undefined): string => {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value == null ? '-' : safeText(value);
};

/** Answers rows as a table with a line of headings, a line each, ending in a line feed; the sentence when there are none. */
export function tableOf(rows: readonly Row[], none: string): string {
  const columns = Object.keys(rows[0] ?? {});
  if (columns.length === 0) return `${none}\n`;
  const lines = [
    columns.map((column) => column.toUpperCase()),
    ...rows.map((row) => columns.map((c) => cellOf(row[c]))),
  ];
  const widths = columns.map((_, i) => lines.reduce((width, line) => Math.max(width, line[i]?.length ?? 0), 0));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
