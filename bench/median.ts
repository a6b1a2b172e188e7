/** The value in the middle; of an even number of values the lower one of the two. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The smallest value that this share of the values, from 0 to 1, does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (found === undefined) throw new Error('a quantile of nothing');
  return found;
}
