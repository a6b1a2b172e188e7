import { isIP, isIPv4, isIPv6, SocketAddress } from 'node:net';

const MAPPED = '::ffff:';

/**
 * The one spelling of an IP address: an IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2) as IPv4, other IPv6 addresses
 * compressed, in lower case and without a zone id. Text that is no address comes back as it is.
 */
export function normaliseAddress(address: string): string {
  if (isIPv4(address)) return address;
  const bare = address.split('%', 1)[0] ?? '';
  if (!isIPv6(bare)) return address;
  const canonical = new SocketAddress({ address: bare, family: 'ipv6' }).address;
  const last = canonical.slice(MAPPED.length);
  return canonical.startsWith(MAPPED) && isIPv4(last) ? last : canonical;
}

/** Whether an address stands for this machine: 127.0.0.0/8 or ::1. */
export function isLoopback(address: string): boolean {
  const normal = normaliseAddress(address);
  return normal === '::1' || (isIPv4(normal) && normal.startsWith('127.'));
}

/**
 * What counts as one neighbour: an IPv4 address itself, the /64 of an IPv6 address as `2001:db8:0:0`, because
 * a single subscriber has at least that many addresses (RFC 6177).
 */
export function neighbourhood(address: string): string {
  const normal = normaliseAddress(address);
  return isIP(normal) === 6 ? groupsOf(normal).slice(0, 4).join(':') : normal;
}

/** The groups of an IPv6 address; dotted notation at its end is one group, which stands for two. */
function groupsOf(normal: string): readonly string[] {
  const [head = '', tail = ''] = normal.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const missing = 8 - groups(head).length - groups(tail).length - (normal.includes('.') ? 1 : 0);
  const zeros = normal.includes('::') ? Array<string>(missing).fill('0') : [];
  return [...groups(head), ...zeros, ...groups(tail)];
}

const binary = (value: number, length: number): string => value.toString(2).padStart(length, '0');

/**
 * An address as `4` or `6` and its bits, 0 and 1, most significant first: a range has the addresses that begin with what
 * its own begins with. Empty for text that is no address.
 */
export function addressBits(address: string): string {
  const normal = normaliseAddress(address);
  const dotted = (text: string): string => text.split('.').reduce((bits, byte) => bits + binary(Number(byte), 8), '');
  if (isIPv4(normal)) return `4${dotted(normal)}`;
  if (isIP(normal) !== 6) return '';
  return groupsOf(normal).reduce(
    (bits, group) => bits + (group.includes('.') ? dotted(group) : binary(Number.parseInt(group, 16), 16)),
    '6',
  );
}
