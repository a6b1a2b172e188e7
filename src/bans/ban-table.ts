import type { Ban, BanKey, BanKind } from '../domain.ts';
import { type AddressBits, bitsOf, parseRange, prefixOf, widthOf } from '../net/address-range.ts';

/** Whom a ban may concern. */
export interface Bannable {
  readonly clientId: string;
  readonly username: string | null;
  /** In its one spelling. */
  readonly ipAddress: string;
}

/** Ranges of addresses: by how many bits are the same, those bits → the ban. */
type Ranges<Row> = Map<number, Map<AddressBits, Row>>;

/**
 * Bans by whom they concern. A look costs one step for each of client id, user name and address, and one for each
 * length of prefix that some range has, however many bans there are.
 */
export class BanTable<Row extends Ban = Ban> {
  readonly #byName: Readonly<Record<BanKind, Map<string, Row>>> = {
    CLIENT_ID: new Map(),
    USERNAME: new Map(),
    IP_ADDRESS: new Map(),
  };
  /** By how many bits an address has. */
  readonly #ranges = new Map<number, Ranges<Row>>();

  get size(): number {
    const { CLIENT_ID, USERNAME, IP_ADDRESS } = this.#byName;
    return CLIENT_ID.size + USERNAME.size + IP_ADDRESS.size;
  }

  get hasRanges(): boolean {
    return this.#ranges.size > 0;
  }

  /** The ban of a key; `who` of an address is in its one spelling. */
  get({ as, who }: BanKey): Row | null {
    return this.#byName[as].get(who) ?? null;
  }

  /** Adds a ban in the place of one with the same key. */
  set(ban: Row): void {
    this.#byName[ban.as].set(ban.who, ban);
    const range = rangeOf(ban);
    if (!range) return;
    const { width, length, prefix } = range;
    const ranges = this.#ranges.get(width) ?? new Map();
    this.#ranges.set(width, ranges);
    const prefixes = ranges.get(length) ?? new Map();
    ranges.set(length, prefixes);
    prefixes.set(prefix, ban);
  }

  delete(key: BanKey): void {
    if (!this.#byName[key.as].delete(key.who)) return;
    const range = rangeOf(key);
    if (!range) return;
    const { width, length, prefix } = range;
    const ranges = this.#ranges.get(width);
    const prefixes = ranges?.get(length);
    prefixes?.delete(prefix);
    if (prefixes?.size === 0) ranges?.delete(length);
    if (ranges?.size === 0) this.#ranges.delete(width);
  }

  /** The ban that holds longest of those that concern a client, `now` in epoch milliseconds; null when none does. */
  match({ clientId, username, ipAddress }: Bannable, now: number): Row | null {
    const { CLIENT_ID, USERNAME, IP_ADDRESS } = this.#byName;
    let longest = longer(null, CLIENT_ID.get(clientId), now);
    if (username !== null) longest = longer(longest, USERNAME.get(username), now);
    longest = longer(longest, IP_ADDRESS.get(ipAddress), now);
    if (this.#ranges.size === 0) return longest;
    const bits = bitsOf(ipAddress);
    const ranges = bits === null ? undefined : this.#ranges.get(widthOf(bits));
    if (bits === null || ranges === undefined) return longest;
    for (const [length, prefixes] of ranges) {
      longest = longer(longest, prefixes.get(prefixOf(bits, length)), now);
    }
    return longest;
  }
}

/** A range of more than one address; null for anything else. */
function rangeOf({ as, who }: BanKey) {
  const range = as === 'IP_ADDRESS' ? parseRange(who) : null;
  return range && range.length < range.width ? range : null;
}

const endOf = ({ until }: Ban): number => until ?? Number.POSITIVE_INFINITY;

function longer<Row extends Ban>(longest: Row | null, other: Row | undefined, now: number): Row | null {
  if (other === undefined || endOf(other) <= now) return longest;
  return longest === null || endOf(other) > endOf(longest) ? other : longest;
}
