import type { Stats } from 'node:fs';
import { readPlainFile } from '../plain-file.ts';
import { RuleBook } from './rule-book.ts';
import { readRules } from './rules.ts';

/** Bytes of a file of rules; some forty thousand rules have so many. */
const MOST_BYTES = 4 * 1024 * 1024;
/** Milliseconds of work after which others have their turn. */
const SLICE = 5;

/**
 * The rules where there is no file: those with which EMQ X 3 comes, without a user name that nobody vouches for, and
 * without leave to publish in the name of the broker.
 */
export const DEFAULT_RULES = `
{allow, {ipaddr, "127.0.0.0/8"}, pubsub, ["#"]}.
{allow, {ipaddr, "::1"}, pubsub, ["#"]}.
{allow, {ipaddr, "127.0.0.0/8"}, subscribe, ["$SYS/#"]}.
{allow, {ipaddr, "::1"}, subscribe, ["$SYS/#"]}.
{deny, all, subscribe, ["$SYS/#", {eq, "#"}]}.
`;

/** Tells one state of a file from another. */
export const signatureOf = ({ mtimeMs, size, ino }: Stats): string => `${mtimeMs} ${size} ${ino}`;

/** Rules as they were read. */
export interface ReadRules {
  readonly book: RuleBook;
  /** Of the file; null when there is none. */
  readonly signature: string | null;
}

/** Reads a file of rules, or the default ones where it may be missing. Throws an Error with a sentence. */
export async function readRuleFile(path: string, mayBeMissing: boolean): Promise<ReadRules> {
  try {
    const file = await readPlainFile(path, MOST_BYTES);
    if (file) return { book: await bookOf(textOf(file.bytes)), signature: signatureOf(file.stats) };
  } catch (fault) {
    throw new Error(`the ACL file '${path}' cannot be used: ${(fault as Error).message}`);
  }
  if (!mayBeMissing) throw new Error(`the ACL file '${path}' is not there`);
  return { book: await bookOf(DEFAULT_RULES), signature: null };
}

/** Makes rules ready, piece by piece: nobody else waits for thousands of them. */
export async function bookOf(source: string): Promise<RuleBook> {
  const book = new RuleBook();
  let begun = performance.now();
  for (const rule of readRules(source)) {
    book.add(rule);
    if (performance.now() - begun < SLICE) continue;
    await new Promise(setImmediate);
    begun = performance.now();
  }
  return book;
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error('it is no text in UTF-8');
  }
}
