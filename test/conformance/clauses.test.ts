import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/package.ts';
import { CLAUSES } from './support/clauses.ts';

const FOLDER = 'test/conformance';
const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');

/** Clause → names of the files that have a test named by it. */
const testsOf = new Map<string, Set<string>>();
for (const name of readdirSync(join(packageRoot, FOLDER))) {
  if (!name.endsWith('.test.ts') || name === 'clauses.test.ts') continue;
  for (const [clause] of read(`${FOLDER}/${name}`).matchAll(/\[MQTT-[\d.]+-\d+\]/g)) {
    testsOf.set(clause, (testsOf.get(clause) ?? new Set()).add(name));
  }
}

/** Clause and what stands beside it, of each row of the table. */
const rows = Array.from(
  read('docs/conformance.md').matchAll(/^\| (\[MQTT-\S+\]) +\| (.*?) +\|$/gm),
  ([, clause = '', shown = '']) => ({ clause, shown }),
);

const linked = (shown: string): string[] =>
  Array.from(shown.matchAll(/\]\(\.\.\/test\/conformance\/([\w.-]+)\)/g), ([, name = '']) => name);

describe('docs/conformance.md', () => {
  test('has one row for each of the 141 clauses, in order', () => {
    expect(CLAUSES.length).toBe(141);
    expect(rows.map(({ clause }) => clause)).toEqual(CLAUSES);
  });

  test.each(CLAUSES)('names the tests of %s, or why there is none', (clause) => {
    const { shown } = rows.find((row) => row.clause === clause) ?? { shown: '' };
    expect(linked(shown)).toEqual([...(testsOf.get(clause) ?? [])].sort());
    expect(shown).not.toBe('');
  });

  test('tests name no other clauses', () => {
    expect([...testsOf.keys()].filter((clause) => !CLAUSES.includes(clause))).toEqual([]);
  });
});
