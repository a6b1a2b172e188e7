/** Prints a title and rows under their columns, all of them aligned right. */
export function printTable(title: string, columns: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string => cells.map((cell, i) => cell.padStart(widths[i]!)).join('  ');
  const text = [title, line(columns), ...rows.map(line)].join('\n  ');
  process.stdout.write(`${text}\n\n`);
}

/** Three digits that count: `0.84`, `61.4`, `5230`. */
export function figure(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toFixed(value >= 10 ? 1 : 2);
}

export const ratio = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(2));
