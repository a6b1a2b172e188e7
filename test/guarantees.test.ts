import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../src/package.ts';

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');

/** What each row of the tables says, and the tests that it names, by file. */
const rows = Array.from(
  read('docs/guarantees.md').matchAll(/^\| (.+?) +\| (.+?) +\|$/gm),
  ([, says = '', shown = '']) => ({
    says,
    shown: Array.from(
      shown.matchAll(/\]\(\.\.\/(test\/[\w./-]+)\): ((?:“[^”]+”(?:, )?)+)/g),
      ([, file = '', names = '']) => ({
        file,
        names: Array.from(names.matchAll(/“([^”]+)”/g), ([, name = '']) => name),
      }),
    ),
  }),
).filter(({ says }) => says !== 'Promise' && !/^-+$/.test(says));

/** The names of the tests and groups of a file, as they are written. */
const namesIn = (file: string): string => read(file).replaceAll("\\'", "'");

describe('docs/guarantees.md', () => {
  test('names no test that is not there', () => {
    expect(rows.length).toBeGreaterThan(40);
    const missing = rows.flatMap(({ shown }) =>
      shown.flatMap(({ file, names }) => {
        const source = existsSync(join(packageRoot, file)) ? namesIn(file) : '';
        const isThere = (name: string): boolean => ["'", '"', '`'].some((quote) => source.includes(`${quote}${name}`));
        return names.filter((name) => !isThere(name)).map((name) => `${file}: ${name}`);
      }),
    );
    expect(missing).toEqual([]);
  });

  test.each(rows)('says by which test it is shown: $says', ({ shown }) => {
    expect(shown.flatMap(({ names }) => names)).not.toEqual([]);
  });
});
