import { isIPv6 } from 'node:net';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * Answers the addresses that belong to one caller, under one name: an IPv4 address alone, also when it is written as an
 * IPv6 address; of other IPv6 addresses the network of 64 bits, the least that a subscriber gets (RFC 6177).
 */
export function addressGroup(address: string): string {
  const mapped = MAPPED.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%', 1)[0]!.split('::');
  const front = hextets(head);
  const back = tail === undefined ? [] : hextets(tail);
  const all = [...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back];
  return `${all
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}

function hextets(text: string): number[] {
  if (text === '') return [];
  // A dotted end stands for two; it is never among the first four.
  return text.split(':').flatMap((part) => (part.includes('.') ? [0, 0] : [Number.parseInt(part, 16)]));
}
