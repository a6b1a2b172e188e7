import { isFilter } from '../../broker/topic-filter.ts';
import { type AddressRange, parseRange } from '../../net/address-range.ts';
import { shown } from '../../refusals.ts';
import { FileFault, readTerms, type Term } from './terms.ts';

/** Whom a rule is about. */
export type Who =
  | { readonly kind: 'all' }
  /** The client of this user name; any that has one when it is null. */
  | { readonly kind: 'user'; readonly name: string | null }
  | { readonly kind: 'client'; readonly name: string }
  | { readonly kind: 'ipaddr'; readonly range: AddressRange }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Who[] };

/** Topics of a rule: all that match a filter, or what is written exactly so. */
export interface RuleTopic {
  readonly text: string;
  readonly isExact: boolean;
}

/** A rule: the first one that concerns a client and a topic decides. */
export interface Rule {
  readonly permission: 'allow' | 'deny';
  readonly who: Who;
  readonly access: 'publish' | 'subscribe' | 'pubsub';
  /** Null is every topic. */
  readonly topics: readonly RuleTopic[] | null;
}

/** Reads rules as EMQ X 3 writes them in `etc/acl.conf`. Throws a FileFault with the line and what is wrong there. */
export function* readRules(source: string): Generator<Rule> {
  for (const term of readTerms(source)) yield ruleOf(term);
}

/** A term as it is written, shortened. */
function written(term: Term): string {
  if (!('items' in term)) return shown(term.kind === 'text' ? `"${term.text}"` : term.text);
  const inner = term.items.map(written).join(', ');
  return shown(term.kind === 'tuple' ? `{${inner}}` : `[${inner}]`);
}

const unfit = (term: Term, what: string, expected: string): FileFault =>
  new FileFault(term.line, `${what} must be ${expected}, not ${written(term)}`);

function wordOf<const W extends string>(term: Term, what: string, words: readonly W[]): W {
  const word = term.kind === 'atom' ? words.find((each) => each === term.text) : undefined;
  if (word === undefined) throw unfit(term, what, words.join(', ').replace(/, (\w+)$/, ' or $1'));
  return word;
}

const RULE = '{allow, Who, Access, [Topic, …]} or {allow, all}, or the same with deny';

function ruleOf(term: Term): Rule {
  if (term.kind !== 'tuple') throw unfit(term, 'a rule', RULE);
  const [permission, who, access, topics, ...more] = term.items;
  if (!permission || !who || more.length > 0) throw unfit(term, 'a rule', RULE);
  const deed = wordOf(permission, 'the permission', ['allow', 'deny']);
  if (!access && who.kind === 'atom' && who.text === 'all') {
    return { permission: deed, who: { kind: 'all' }, access: 'pubsub', topics: null };
  }
  if (!access || !topics) throw unfit(term, 'a rule', RULE);
  if (topics.kind !== 'list' || topics.items.length === 0)
    throw unfit(topics, 'the topics', 'a list of at least one topic filter');
  return {
    permission: deed,
    who: whoOf(who),
    access: wordOf(access, 'the access', ['publish', 'subscribe', 'pubsub']),
    topics: topics.items.map(topicOf),
  };
}

const WHO = 'all, {user, "…"}, {client, "…"}, {ipaddr, "…"}, {\'and\', […]} or {\'or\', […]}';

function whoOf(term: Term): Who {
  if (term.kind === 'atom' && term.text === 'all') return { kind: 'all' };
  if (term.kind !== 'tuple' || term.items.length !== 2) throw unfit(term, 'who', WHO);
  const [kind, what] = term.items as [Term, Term];
  const name = kind.kind === 'atom' ? kind.text : '';
  if (name === 'and' || name === 'or') {
    if (what.kind !== 'list' || what.items.length === 0) throw unfit(term, 'who', WHO);
    return { kind: name, parts: what.items.map(whoOf) };
  }
  if ((name === 'user' || name === 'client') && what.kind === 'atom' && what.text === 'all') {
    return name === 'user' ? { kind: 'user', name: null } : { kind: 'all' };
  }
  if (what.kind !== 'text' || what.text === '') throw unfit(term, 'who', WHO);
  if (name === 'user' || name === 'client') return { kind: name, name: what.text };
  if (name !== 'ipaddr') throw unfit(term, 'who', WHO);
  const range = parseRange(what.text);
  if (!range) throw unfit(what, 'an address', 'an IP address or a range as "10.0.0.0/8"');
  return { kind: 'ipaddr', range };
}

function topicOf(term: Term): RuleTopic {
  if (term.kind === 'text') {
    const { text } = term;
    const levels = text.split('/');
    if (text === '' || !isFilter(text)) {
      throw unfit(term, 'a topic', 'a topic filter with + and # filling a level and # last, or {eq, "…"}');
    }
    if (levels.some((level) => /%[cu]/.test(level) && level !== '%c' && level !== '%u')) {
      throw unfit(term, 'a topic', 'one in which %c and %u fill a level, or {eq, "…"}');
    }
    return { text, isExact: false };
  }
  const [word, exact, ...more] = term.kind === 'tuple' ? term.items : [];
  const isExact = word?.kind === 'atom' && word.text === 'eq' && more.length === 0;
  if (!isExact || exact?.kind !== 'text' || exact.text === '')
    throw unfit(term, 'a topic', 'a topic filter in quotes, or {eq, "…"}');
  return { text: exact.text, isExact: true };
}
