import { isIP, isIPv4 } from 'node:net';
import { normaliseAddress } from './addresses.ts';

/** The bits of an address: those of IPv4 as a number, those of IPv6 as 32 hexadecimal digits. */
export type AddressBits = number | string;

/** IP addresses that begin with the same bits; a single address is a range of its own. */
export interface AddressRange {
  /** The first of its addresses, in its one spelling. */
  readonly address: string;
  /** How many bits are the same. */
  readonly length: number;
  /** All bits of an address of its kind: 32 or 128. */
  readonly width: number;
  /** Its one spelling: `10.0.0.0/8`, or the address where it is a single one. */
  readonly text: string;
  /** What `prefixOf` answers for each of its addresses. */
  readonly prefix: AddressBits;
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
  const own = Number(length) - (width === 32 && base.includes(':') ? MAPPED_BITS : 0);
  return own >= 0 && own <= width ? rangeOf(address, own, width) : null;
}

function rangeOf(inside: string, length: number, width: number): AddressRange {
  const prefix = prefixOf(bitsOf(inside)!, length);
  const address = length === width ? inside : firstOf(prefix, length);
  return { address, length, width, text: length === width ? address : `${address}/${length}`, prefix };
}

/** Whether two ranges have an address in common. */
export function doOverlap(a: AddressRange, b: AddressRange): boolean {
  return a.length <= b.length ? isWithin(b.address, a) : isWithin(a.address, b);
}

/** Whether a range has an address, which is in its one spelling. */
export function isWithin(address: string, { width, length, prefix }: AddressRange): boolean {
  const bits = bitsOf(address);
  return bits !== null && widthOf(bits) === width && prefixOf(bits, length) === prefix;
}

/** How many bits these are. */
export const widthOf = (bits: AddressBits): 32 | 128 => (typeof bits === 'number' ? 32 : 128);

/** The bits of an address in its one spelling; null for text that is no address. */
export function bitsOf(address: string): AddressBits | null {
  if (!address.includes(':')) return octets(address);
  if (isIP(address) === 0) return null;
  const [head = '', tail] = address.split('::');
  const before = groups(head);
  return tail === undefined ? before : before + groups(tail).padStart(32 - before.length, '0');
}

/** The first bits of an address: of two of one width they are the same exactly when these values are equal. */
export function prefixOf(bits: AddressBits, length: number): AddressBits {
  // A shift by 32 is none.
  if (typeof bits === 'number') return length === 0 ? 0 : bits >>> (32 - length);
  const whole = length >> 2;
  const rest = length & 3;
  if (rest === 0) return bits.slice(0, whole);
  const last = Number.parseInt(bits.charAt(whole), 16) & (0xf0 >> rest);
  return bits.slice(0, whole) + last.toString(16);
}

const DOT = 46;
const ZERO = 48;

/** The bits of an IPv4 address; null for text that is none. */
function octets(text: string): number | null {
  let bits = 0;
  let octet = -1;
  let count = 1;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === DOT) {
      if (octet < 0) return null;
      bits = bits * 256 + octet;
      octet = -1;
      count += 1;
    } else if (code < ZERO || code > ZERO + 9) return null;
    else octet = (octet < 0 ? 0 : octet * 10) + code - ZERO;
    if (octet > 255) return null;
  }
  return count === 4 && octet >= 0 ? bits * 256 + octet : null;
}

const hex = (number: number, length: number): string => number.toString(16).padStart(length, '0');

/** Groups of IPv6, the last of which may be an IPv4 address. */
const groups = (text: string): string =>
  text === ''
    ? ''
    : text
        .split(':')
        .map((group) => (group.includes('.') ? hex(octets(group) ?? 0, 8) : group.padStart(4, '0')))
        .join('');

/** The first address whose first bits are these. */
function firstOf(prefix: AddressBits, length: number): string {
  if (typeof prefix === 'number') {
    const bits = prefix * 2 ** (32 - length);
    return [24, 16, 8, 0].map((shift) => Math.floor(bits / 2 ** shift) % 256).join('.');
  }
  return normaliseAddress((prefix.padEnd(32, '0').match(/..../g) ?? []).join(':'));
}
