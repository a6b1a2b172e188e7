import { isIPv4, isIPv6 } from 'node:net';
import { shown } from '../refusals.ts';
import { normaliseAddress } from './addresses.ts';

/** Where a connection comes from. */
export interface PeerAddress {
  readonly address: string;
  readonly port: number;
}

/** A header of the PROXY protocol: its bytes, and whom it speaks for; null when it is the proxy itself. */
export interface ProxyHeader {
  readonly length: number;
  readonly source: PeerAddress | null;
}

const V1_START = Buffer.from('PROXY ');
const V2_START = Buffer.from('\r\n\r\n\0\r\nQUIT\n');

/** Bytes of the longest line of version 1, its end included. */
const V1_MOST = 107;
const V2_FIXED = 16;
/** Bytes behind the fixed part; addresses take 36, or 216 for Unix sockets, and the rest are TLVs. */
const V2_MOST = 4096;

/** Bytes of both addresses and ports, by the byte of family and transport; TCP only, as the socket is. */
const V2_ADDRESSES = new Map([
  [0x11, 12],
  [0x21, 36],
]);
/** Neither has an IP address to tell: unspecified, and a stream over a Unix socket. */
const V2_WITHOUT_ADDRESS = [0x00, 0x31];

const PORT = /^(?:0|[1-9]\d{0,4})$/;

/**
 * Reads the header at the start of what came so far; null when more has to come. The proxy's own connection (v1
 * `UNKNOWN`, v2 `LOCAL`) and addresses that are no IP have no source. Throws an Error with a sentence as soon as the
 * bytes cannot become a header, a version 2 header of more than 4 KiB among them. Source: proxy-protocol.txt of HAProxy,
 * 2.1 and 2.2.
 */
export function readProxyHeader(bytes: Buffer): ProxyHeader | null {
  if (startsLike(bytes, V2_START)) return readV2(bytes);
  if (startsLike(bytes, V1_START)) return readV1(bytes);
  throw new Error('the connection does not start with a header of the PROXY protocol');
}

function startsLike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.subarray(0, length).equals(start.subarray(0, length));
}

function readV1(bytes: Buffer): ProxyHeader | null {
  const end = bytes.subarray(0, V1_MOST).indexOf('\r\n');
  if (end < 0) {
    if (bytes.length >= V1_MOST) throw new Error(`the PROXY header does not end within ${V1_MOST} bytes`);
    return null;
  }
  const line = bytes.toString('latin1', 0, end);
  const length = end + 2;
  const [, family, address = '', target = '', port = '', targetPort = '', ...more] = line.split(' ');
  if (family === 'UNKNOWN') return { length, source: null };
  const isAddress = family === 'TCP4' ? isIPv4 : family === 'TCP6' ? isPlainIPv6 : () => false;
  const isValid = isAddress(address) && isAddress(target) && isPort(port) && isPort(targetPort) && more.length === 0;
  if (!isValid) throw new Error(`the PROXY header '${shown(line)}' is malformed`);
  return { length, source: { address: normaliseAddress(address), port: Number(port) } };
}

const isPlainIPv6 = (text: string): boolean => isIPv6(text) && !text.includes('%');
const isPort = (text: string): boolean => PORT.test(text) && Number(text) <= 0xffff;

function readV2(bytes: Buffer): ProxyHeader | null {
  const command = bytes[12];
  if (command !== undefined && command !== 0x20 && command !== 0x21) {
    throw new Error(`the PROXY header has version and command 0x${command.toString(16)}, which are unknown`);
  }
  if (bytes.length < V2_FIXED) return null;
  const size = bytes.readUInt16BE(14);
  if (size > V2_MOST) throw new Error(`the PROXY header has ${size} bytes of addresses; the limit is ${V2_MOST}`);
  const length = V2_FIXED + size;
  if (bytes.length < length) return null;
  return { length, source: command === 0x20 ? null : sourceOf(bytes.readUInt8(13), bytes.subarray(V2_FIXED, length)) };
}

function sourceOf(family: number, block: Buffer): PeerAddress | null {
  if (V2_WITHOUT_ADDRESS.includes(family)) return null;
  const size = V2_ADDRESSES.get(family);
  if (size === undefined) throw new Error(`the PROXY header has the address family 0x${family.toString(16)}`);
  if (block.length < size) throw new Error(`the PROXY header has ${block.length} bytes of addresses, not ${size}`);
  if (size === 12) return { address: block.subarray(0, 4).join('.'), port: block.readUInt16BE(8) };
  const groups = Array.from({ length: 8 }, (_, index) => block.readUInt16BE(2 * index).toString(16));
  return { address: normaliseAddress(groups.join(':')), port: block.readUInt16BE(32) };
}
