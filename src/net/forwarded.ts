import { isIP } from 'node:net';
import type { AddressSet } from './address-set.ts';
import { normaliseAddress } from './addresses.ts';

/** A header as Node.js types it, though it gives one that is sent several times as one list. */
type Header = string | string[] | undefined;

const BRACKETED = /^\[([^\]]+)\](?::\d+)?$/;
const DOTTED = /^([\d.]+):\d+$/;

/**
 * The address of the client behind a request: `peer`, unless it is a trusted proxy. Then the rightmost entry of
 * X-Forwarded-For that is no trusted proxy, since everything left of it is what a stranger wrote. Where an entry is
 * no address, or every one is trusted, the last proxy before it.
 */
export function forwardedAddress(peer: string, header: Header, proxies: AddressSet): string {
  let client = normaliseAddress(peer);
  const hops = entriesOf(header);
  while (proxies.has(client)) {
    const hop = hops.pop();
    const address = hop === undefined ? null : addressOf(hop.trim());
    if (address === null) break;
    client = address;
  }
  return client;
}

/**
 * Whether a trusted proxy says in X-Forwarded-Proto that the client's request came over TLS: the leftmost entry, which is
 * of the proxy that the client spoke to. Who makes that up makes a claim of his own request alone.
 */
export function isForwardedOverTls(peer: string, header: Header, proxies: AddressSet): boolean {
  return proxies.has(normaliseAddress(peer)) && entriesOf(header)[0]?.trim().toLowerCase() === 'https';
}

const entriesOf = (header: Header): string[] => (header === undefined ? [] : String(header).split(','));

/** Reads an entry: some proxies write a port, and an IPv6 address in brackets. */
function addressOf(hop: string): string | null {
  const address = BRACKETED.exec(hop)?.[1] ?? DOTTED.exec(hop)?.[1] ?? hop;
  return isIP(address) === 0 ? null : normaliseAddress(address);
}
