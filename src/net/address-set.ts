import { BlockList, isIP, isIPv4 } from 'node:net';
import { badInput } from '../refusals.ts';
import { parseRange } from './address-range.ts';
import { normaliseAddress } from './addresses.ts';

/** A set of IP addresses and ranges. */
export interface AddressSet {
  /** Whether the address, in any of its spellings, is in the set. False for text that is no address. */
  has(address: string): boolean;
}

/**
 * Makes a set of addresses (`::1`) and ranges (`10.0.0.0/8`). Throws BAD_USER_INPUT that names the first entry that is
 * neither; `name` is what the sentence calls it.
 */
export function createAddressSet(entries: readonly string[], name = 'address'): AddressSet {
  // One list would find 192.0.2.1 in ::/0, as ::ffff:192.0.2.1.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const entry of entries) {
    const range = parseRange(entry.trim());
    if (range === null) throw badInput(name, entry, 'an IP address or a range as 10.0.0.0/8');
    const family = familyOf(range.address);
    lists[family].addSubnet(range.address, range.length, family);
  }
  return {
    has(address) {
      const normal = normaliseAddress(address);
      const family = familyOf(normal);
      return isIP(normal) !== 0 && lists[family].check(normal, family);
    },
  };
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv4(address) ? 'ipv4' : 'ipv6');
