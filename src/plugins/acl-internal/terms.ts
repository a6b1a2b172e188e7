/** A term as Erlang writes it, with the line in which it begins. */
export type Term =
  | { readonly kind: 'atom' | 'text'; readonly text: string; readonly line: number }
  | { readonly kind: 'tuple' | 'list'; readonly items: readonly Term[]; readonly line: number };

/** What is wrong with a file, in a sentence that begins with the line. */
export class FileFault extends Error {
  override readonly name = 'FileFault';

  constructor(line: number, what: string) {
    super(`line ${line}: ${what}`);
  }
}

/** Terms may lie in one another so deep. */
const DEEPEST = 16;

const ATOM = /[a-z][A-Za-z0-9_@]*/y;
const QUOTED_ATOM = /'((?:[^'\\\n]|\\[^\n])*)'/y;
const TEXT = /"((?:[^"\\\n]|\\[^\n])*)"/y;
const BINARY = /<<"((?:[^"\\\n]|\\[^\n])*)"(?:\/utf8)?>>/y;
const ESCAPE = /\\(.)/g;
const MEANT: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', s: ' ' };

const unescaped = (text: string): string =>
  text.includes('\\') ? text.replace(ESCAPE, (_, char: string) => MEANT[char] ?? char) : text;

function endOfLine(source: string, from: number): number {
  const end = source.indexOf('\n', from);
  return end < 0 ? source.length : end;
}

/** Reads terms of which each ends with a dot, as `file:consult` does: atoms, texts, tuples and lists. */
export function* readTerms(source: string): Generator<Term> {
  let at = 0;
  let line = 1;

  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const skip = (): void => {
    for (; ; at++) {
      const char = source[at];
      if (char === '\n') line++;
      else if (char === '%') at = endOfLine(source, at) - 1;
      else if (char !== ' ' && char !== '\t' && char !== '\r') return;
    }
  };
  const takes = (char: string): boolean => {
    skip();
    if (source[at] !== char) return false;
    at++;
    return true;
  };
  const expect = (char: string, after: string): void => {
    if (!takes(char)) throw new FileFault(line, `'${char}' is missing behind ${after}`);
  };
  const itemsUntil = (close: string, what: string, depth: number): Term[] => {
    const items: Term[] = [];
    if (takes(close)) return items;
    do items.push(term(depth + 1));
    while (takes(','));
    expect(close, `the last part of a ${what}`);
    return items;
  };

  function term(depth: number): Term {
    skip();
    if (depth > DEEPEST) throw new FileFault(line, `there are more than ${DEEPEST} terms in one another`);
    const begins = line;
    if (takes('{')) return { kind: 'tuple', items: itemsUntil('}', 'tuple', depth), line: begins };
    if (takes('[')) return { kind: 'list', items: itemsUntil(']', 'list', depth), line: begins };
    const text = (take(TEXT) ?? take(BINARY))?.[1];
    if (text !== undefined) return { kind: 'text', text: unescaped(text), line };
    const atom = take(ATOM)?.[0] ?? take(QUOTED_ATOM)?.[1];
    if (atom !== undefined) return { kind: 'atom', text: unescaped(atom), line };
    // Not what stands there: it may be a file of secrets whose path was mistaken.
    throw new FileFault(line, 'a tuple, a list, a word or a text in quotes is expected');
  }

  for (skip(); at < source.length; skip()) {
    const whole = term(1);
    expect('.', 'a rule');
    yield whole;
  }
}
