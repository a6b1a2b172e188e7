import { type LookupAddress, lookup as resolve } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { createAddressSet } from './address-set.ts';

/**
 * Addresses that mean another machine on every network, and behind which clouds keep the credentials of this one: those
 * that are link-local (RFC 3927, RFC 4291 2.5.6), also behind the prefix of NAT64 (RFC 6052), and the one that stands
 * for 169.254.169.254 in IPv6 networks.
 */
const linkLocal = createAddressSet(['169.254.0.0/16', 'fe80::/10', '64:ff9b::a9fe:0/112', 'fd00:ec2::254']);

/** Whether an address, in any of its spellings, is link-local, or the metadata service of a cloud. */
export const isLinkLocal = (address: string): boolean => linkLocal.has(address);

/** Resolves a name to all its addresses. */
export type LookupAll = (
  hostname: string,
  options: { readonly all: true; readonly family?: number; readonly hints?: number },
  done: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void;

/** Why a target is not called: the name, or the address itself, that is link-local. */
export const linkLocalTarget = (hostname: string, address: string): Error =>
  new Error(
    hostname === address
      ? `${address} is a link-local address, which is refused`
      : `'${hostname}' has the link-local address ${address}, which is refused`,
  );

/**
 * A lookup for sockets. Unless they are allowed it answers no link-local addresses, and an error when nothing else is
 * left: what was checked is what is connected to, whatever the name resolves to the next time.
 */
export function createLookup(allowLinkLocal: boolean, lookup: LookupAll = resolve): LookupFunction {
  return (hostname, { all, family, hints }, done) => {
    const wanted = family === 'IPv4' ? 4 : family === 'IPv6' ? 6 : (family ?? 0);
    lookup(hostname, { all: true, family: wanted, ...(hints === undefined ? {} : { hints }) }, (error, addresses) => {
      if (error) return done(error, '', 0);
      const passed = addresses.filter(({ address }) => allowLinkLocal || !isLinkLocal(address));
      const [first] = passed;
      if (!first) return done(linkLocalTarget(hostname, addresses[0]?.address ?? ''), '', 0);
      if (all) done(null, [...passed]);
      else done(null, first.address, first.family);
    });
  };
}
