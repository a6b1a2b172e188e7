import type { ClientInfo, Verdict } from '../../broker/hooks.ts';
import { type AddressRange, bitsOf, isWithin, prefixOf, widthOf } from '../../net/address-range.ts';
import { normaliseAddress } from '../../net/addresses.ts';
import { NONE, RuleTrie } from './rule-trie.ts';
import type { Rule, Who } from './rules.ts';

/** Whether a client is meant, whose address is this in its one spelling. */
type Test = (client: ClientInfo, address: string) => boolean;

/** Rules that are found by something that a client is. */
interface Party {
  readonly rules: RuleTrie;
  /** Rules for those of the party who are something else besides, by what that is. */
  readonly besides: Map<string, { readonly isMeant: Test; readonly rules: RuleTrie }>;
}

const EVERYBODY = 'all';
const ANY_USER = 'user';

const rangeParty = ({ width, length, prefix }: Pick<AddressRange, 'width' | 'length' | 'prefix'>): string =>
  `address ${width} ${length} ${prefix}`;

/**
 * Rules made ready to be asked. Those about the same clients stand together; a connection is told apart once, and a topic
 * is then found level by level, so that it costs what the rules about it cost, however many there are of others.
 */
export class RuleBook {
  readonly #rules: Rule[] = [];
  readonly #parties = new Map<string, Party>();
  /** Kinds of ranges that there are parties of: by the bits of an address, and of its range. */
  readonly #ranges = new Map<string, AddressRange>();
  readonly #concerning = new WeakMap<ClientInfo, readonly RuleTrie[]>();

  /** Adds a rule behind those that are there; before the book is asked. */
  add(rule: Rule): void {
    const { permission, access, topics } = rule;
    const end = { place: this.#rules.push(rule) - 1, permission, access };
    for (const trie of this.#triesOf(rule.who)) {
      if (topics === null) trie.addEvery(end);
      for (const { text, isExact } of topics ?? []) {
        if (isExact) trie.addExact(text, end);
        else trie.addFilter(text, end);
      }
    }
  }

  get size(): number {
    return this.#rules.length;
  }

  publish(client: ClientInfo, topic: string): Verdict {
    const levels = topic.split('/');
    let first = NONE;
    for (const rules of this.#about(client)) first = Math.min(first, rules.publish(client, topic, levels));
    return this.#verdict(first);
  }

  /** `filter` is what messages have to match: that of a shared subscription without its group. */
  subscribe(client: ClientInfo, filter: string): Verdict {
    const levels = filter.split('/');
    let first = NONE;
    for (const rules of this.#about(client)) first = Math.min(first, rules.subscribe(client, filter, levels));
    return this.#verdict(first);
  }

  #verdict(place: number): Verdict {
    return this.#rules[place]?.permission ?? 'ignore';
  }

  #party(name: string): Party {
    const party = this.#parties.get(name) ?? { rules: new RuleTrie(), besides: new Map() };
    this.#parties.set(name, party);
    return party;
  }

  /** The name of the party of those who are meant; null when they are none by themselves. */
  #nameParty(who: Who): string | null {
    switch (who.kind) {
      case 'all':
        return EVERYBODY;
      case 'client':
        return `client ${who.name}`;
      case 'user':
        return who.name === null ? ANY_USER : `user ${who.name}`;
      case 'ipaddr':
        this.#ranges.set(`${who.range.width} ${who.range.length}`, who.range);
        return rangeParty(who.range);
      default:
        return null;
    }
  }

  #triesOf(who: Who): readonly RuleTrie[] {
    if (who.kind === 'or') return who.parts.flatMap((part) => this.#triesOf(part));
    const name = this.#nameParty(who);
    if (name !== null) return [this.#party(name).rules];
    return 'parts' in who ? [this.#besides(who, who.parts)] : [];
  }

  #besides(who: Who, parts: readonly Who[]): RuleTrie {
    // The narrowest party that all of them are in, so that others need not be asked what they are besides.
    const named = parts.filter(({ kind }) => kind === 'client' || kind === 'user' || kind === 'ipaddr');
    const [narrowest] = ['client', 'user', 'ipaddr'].flatMap((kind) => named.filter((part) => part.kind === kind));
    const { besides } = this.#party((narrowest && this.#nameParty(narrowest)) ?? EVERYBODY);
    const key = JSON.stringify(who);
    const known = besides.get(key) ?? { isMeant: testOf(who), rules: new RuleTrie() };
    besides.set(key, known);
    return known.rules;
  }

  #about(client: ClientInfo): readonly RuleTrie[] {
    const known = this.#concerning.get(client);
    if (known) return known;
    const { clientId, username } = client;
    const address = normaliseAddress(client.ipAddress);
    const bits = bitsOf(address);
    const names = [EVERYBODY, `client ${clientId}`, ...(username === null ? [] : [ANY_USER, `user ${username}`])];
    for (const { width, length } of this.#ranges.values()) {
      if (bits === null || widthOf(bits) !== width) continue;
      names.push(rangeParty({ width, length, prefix: prefixOf(bits, length) }));
    }
    const found: RuleTrie[] = [];
    for (const name of names) {
      const party = this.#parties.get(name);
      if (!party) continue;
      found.push(party.rules);
      for (const { isMeant, rules } of party.besides.values()) if (isMeant(client, address)) found.push(rules);
    }
    this.#concerning.set(client, found);
    return found;
  }
}

function testOf(who: Who): Test {
  switch (who.kind) {
    case 'all':
      return () => true;
    case 'user':
      return ({ username }) => (who.name === null ? username !== null : username === who.name);
    case 'client':
      return ({ clientId }) => clientId === who.name;
    case 'ipaddr':
      return (_client, address) => isWithin(address, who.range);
    case 'and': {
      const tests = who.parts.map(testOf);
      return (client, address) => tests.every((test) => test(client, address));
    }
    case 'or': {
      const tests = who.parts.map(testOf);
      return (client, address) => tests.some((test) => test(client, address));
    }
  }
}
