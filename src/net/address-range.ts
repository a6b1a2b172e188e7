import { isIP, isIPv4 } from 'node:net';
import { normaliseAddress } from './addresses.ts';

/** IP addresses that begin with the same bits; a single address is a range of its own. */
export interface AddressRange {
  /** The first of its addresses, in its one spelling. */
  readonly address: string;
  /** How many bits are the same. */
  readonly bits: number;
  /** All bits of an address of its kind: 32 or 128. */
  readonly width: number;
  /** Its one spelling: `10.0.0.0/8`, or the address where it is a single one. */
  readonly text: string;
  /** What `prefixOf` answers for each of its addresses. */
  readonly prefix: string;
}

const LENGTH = /^\d{1,3}$/;

/** Bits that an IPv4-mapped IPv6 address has before its IPv4 part. */
const MAPPED_BITS = 96;

/** Reads `10.0.0.0/8` or `::1`; null when it is neither. Bits behind the prefix are passed over. */
export function parseRange(entry: string): AddressRange | null {
  const [base = '', length, ...more] = entry.split('/');
  if (isIP(base) === 0 || more.length > 0) return null;
  const address = normaliseAddress(base);
  const width = isIPv4(address) ? 32 : 128;
  if (length === undefined) return rangeOf(address, width, width);
  if (!LENGTH.test(length)) return null;
  const bits = Number(length) - (width === 32 && base.includes(':') ? MAPPED_BITS : 0);
  return bits >= 0 && bits <= width ? rangeOf(address, bits, width) : null;
}

function rangeOf(inside: string, bits: number, width: number): AddressRange {
  const prefix = prefixOf(digitsOf(inside), bits);
  const address = bits === width ? inside : addressOf(prefix.padEnd(width / 4, '0'));
  return { address, bits, width, text: bits === width ? address : `${address}/${bits}`, prefix };
}

/** Whether two ranges have an address in common. */
export function doOverlap(a: AddressRange, b: AddressRange): boolean {
  if (a.width !== b.width) return false;
  const [wide, narrow] = a.bits <= b.bits ? [a, b] : [b, a];
  return prefixOf(digitsOf(narrow.address), wide.bits) === wide.prefix;
}

/** Whether a range has an address, which is in its one spelling. */
export function isWithin(address: string, { width, bits, prefix }: AddressRange): boolean {
  const digits = digitsOf(address);
  return digits.length * 4 === width && prefixOf(digits, bits) === prefix;
}

/** The bits of an address in its one spelling, as 8 or 32 hexadecimal digits; empty for text that is no address. */
export function digitsOf(address: string): string {
  if (isIPv4(address)) return octets(address);
  if (isIP(address) === 0) return '';
  const [head = '', tail] = address.split('::');
  const before = groups(head);
  return tail === undefined ? before : before + groups(tail).padStart(32 - before.length, '0');
}

/** The first bits of what `digitsOf` answered: addresses have the same ones exactly when these texts are equal. */
export function prefixOf(digits: string, bits: number): string {
  const whole = bits >> 2;
  const rest = bits & 3;
  if (rest === 0) return digits.slice(0, whole);
  const last = Number.parseInt(digits.charAt(whole), 16) & (0xf0 >> rest);
  return digits.slice(0, whole) + last.toString(16);
}

const hex = (number: number, length: number): string => number.toString(16).padStart(length, '0');

const octets = (address: string): string =>
  address
    .split('.')
    .map((octet) => hex(Number(octet), 2))
    .join('');

/** Groups of IPv6, the last of which may be an IPv4 address. */
const groups = (text: string): string =>
  text === ''
    ? ''
    : text
        .split(':')
        .map((group) => (group.includes('.') ? octets(group) : group.padStart(4, '0')))
        .join('');

function addressOf(digits: string): string {
  if (digits.length === 8) return (digits.match(/../g) ?? []).map((octet) => Number.parseInt(octet, 16)).join('.');
  return normaliseAddress((digits.match(/..../g) ?? []).join(':'));
}
