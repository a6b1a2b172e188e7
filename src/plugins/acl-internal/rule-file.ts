import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
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
  let file: FileHandle;
  try {
    // Does not wait for whoever writes to a pipe.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (fault) {
    const isMissing = (fault as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing && mayBeMissing) return { book: await bookOf(DEFAULT_RULES), signature: null };
    throw new Error(isMissing ? `the ACL file '${path}' is not there` : faultOf(path, fault));
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new Error('it is no plain file');
    return { book: await bookOf(await textOf(file)), signature: signatureOf(stats) };
  } catch (fault) {
    throw new Error(faultOf(path, fault));
  } finally {
    await file.close();
  }
}

const faultOf = (path: string, fault: unknown): string =>
  `the ACL file '${path}' cannot be used: ${(fault as Error).message}`;

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

async function textOf(file: FileHandle): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Not by its size: it may be written to at the same time.
  for await (const chunk of file.createReadStream({ autoClose: false })) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES} bytes`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new Error('it is no text in UTF-8');
  }
}
