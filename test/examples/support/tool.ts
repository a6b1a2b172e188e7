import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The path of a program that an example is tested with and that not every machine has: what the variable says, or the
 * first of these names in the search path. Null when there is none, for tests to be skipped; says so, and fails in CI.
 */
export function findTool(variable: string, ...names: readonly string[]): string | null {
  const { PATH = '', CI } = process.env;
  const places = PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  const found = process.env[variable] ?? places.find((place) => existsSync(place)) ?? null;
  if (found !== null) return found;
  const sentence = `there is no ${names[0]} on this machine: install it, or set ${variable} to its path`;
  if (CI) throw new Error(sentence);
  console.warn(`Tests are skipped: ${sentence}`);
  return null;
}
