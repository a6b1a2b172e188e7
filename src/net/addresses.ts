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
  if (isIP(normal) !== 6) return normal;
  const [head = '', tail = ''] = normal.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  // Dotted notation ends an address and stands for two groups.
  const missing = 8 - groups(head).length - groups(tail).length - (normal.includes('.') ? 1 : 0);
  const zeros = normal.includes('::') ? Array<string>(missing).fill('0') : [];
  return [...groups(head), ...zeros, ...groups(tail)].slice(0, 4).join(':');
}
