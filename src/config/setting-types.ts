/** What a setting may be. The description of each type finishes the sentence "… must be". */
import { isIP } from 'node:net';
import { z } from 'zod';
import { parseOrigins } from '../http/guard.ts';
import { createAddressSet } from '../net/address-set.ts';

/** What a type is called where settings are listed; as EMQ X 3 names the types of its own. */
export type Datatype =
  | 'integer'
  /** Bytes, also with KB, MB or GB behind them. */
  | 'bytesize'
  /** Seconds, also with s, m, h, d or w behind them. */
  | 'integer, duration'
  | 'flag'
  | 'enum'
  | 'ip'
  | 'file'
  | 'string';

/** Says of a type what finishes the sentence "… must be", and what it is called. */
const named = <T extends z.ZodType>(type: T, description: string, datatype: Datatype): T =>
  type.meta({ description, datatype });

/** What a type is called; one that says nothing goes by what it is made of. */
export function datatypeOf(type: z.ZodType): Datatype {
  const { datatype } = (type.meta() ?? {}) as { readonly datatype?: Datatype };
  if (datatype !== undefined) return datatype;
  if (type.def.type === 'number') return 'integer';
  return type.def.type === 'enum' ? 'enum' : 'string';
}

/** The words that a type is one of; empty where it is not that kind. */
export function choicesOf(type: z.ZodType): readonly string[] {
  const inner = type instanceof z.ZodPipe ? type.def.out : type;
  return inner instanceof z.ZodEnum ? inner.options.map(String) : [];
}

const datatypesOfUnits: Readonly<Record<string, Datatype>> = { bytes: 'bytesize', seconds: 'integer, duration' };

/** The largest value of an MQTT four-byte integer; as a session's expiry interval it means "never" [MQTT5 3.1.2.11.2]. */
export const FOUR_BYTES = 4_294_967_295;

/** A whole number with both ends included. `unit` is a plural noun. */
export function whole(from: number, to: number, unit = ''): z.ZodType<number> {
  const what = unit === '' ? 'a whole number' : `a whole number of ${unit}`;
  return named(z.int().min(from).max(to), `${what} from ${from} to ${to}`, datatypesOfUnits[unit] ?? 'integer');
}

/** A TCP port; 0 lets the system choose a free one. */
export const port = named(z.int().min(0).max(65_535), 'a port number from 0 to 65535', 'integer');

/** One word of a list. */
export function oneOf<const W extends readonly string[]>(words: W): z.ZodType<W[number]> {
  return named(z.enum(words), `one of ${words.join(', ')}`, 'enum');
}

/** What is done or is not. */
export const onOff = named(oneOf(['off', 'on']), 'one of off, on', 'flag');

/** The name of a node in a cluster. */
export const nodeName = z
  .string()
  .regex(/^[A-Za-z0-9._-]+@[A-Za-z0-9._:-]+$/)
  .describe("name@host in letters, digits and . _ - (and : in the host), such as 'brokerql@127.0.0.1'");

/** An address that a listener binds to; IPv6 stands without brackets. */
export const bindAddress = named(
  z.string().refine(isAddressOrHostName),
  'an IP address or a host name without a port',
  'ip',
);

/** Yes, no, or as the circumstances ask for. In YAML, true and false without quotes are no text. */
export const verdict = named(
  z.preprocess((value) => (typeof value === 'boolean' ? String(value) : value), z.enum(['auto', 'true', 'false'])),
  'auto, true or false',
  'enum',
);

/** A folder of the file system, relative to the working directory unless it is absolute. */
export const folder = named(
  z.string().refine((path) => path !== '' && !path.includes('\0')),
  'the path of a folder',
  'file',
);

/** A file of the file system, relative to the working directory unless it is absolute. */
export const file = named(folder, 'the path of a file', 'file');

/** Where an HTTP server is asked: absolute, without a user name, a password or a fragment. */
export const httpUrl = z
  .string()
  .refine(isHttpUrl)
  .describe('an absolute URL of http or https without a user name and a fragment, such as https://auth.example/mqtt');

/** The same, or nothing: then nobody is asked. */
export const httpUrlOrNothing = z
  .string()
  .refine((text) => text === '' || isHttpUrl(text))
  .describe('empty, or an absolute URL of http or https without a user name and a fragment');

/** IP addresses, and ranges in the notation of CIDR (RFC 4632, RFC 4291). */
export const addresses = listOf(isAddressOrRange, 'IP addresses and ranges, such as 10.0.0.0/8');

/** Names of hosts, without ports. */
export const hostNames = listOf(isAddressOrHostName, 'host names without a port');

/** Origins of web pages (RFC 6454). */
export const origins = listOf(isOrigin, 'origins, such as https://dashboard.example');

/** Topic filters, compared as they are written. */
export const topicFilters = listOf((text) => hasBytes(text, 1, 65_535), 'topic filters');

/** Who signs in. HTTP Basic ends the name at the first colon and bars control characters [RFC 7617 2]. */
export const accountName = z
  .string()
  .refine((name) => hasBytes(name, 1, 64) && !/[:\p{Cc}]/u.test(name))
  .describe("1 to 64 bytes of text without ':' and control characters");

/** What the account is proved with. */
export const secretText = z
  .string()
  .refine((secret) => hasBytes(secret, 1, 256))
  .describe('1 to 256 bytes of text');

function listOf(isEntry: (text: string) => boolean, what: string): z.ZodType<readonly string[]> {
  return z.array(z.string().refine(isEntry)).readonly().describe(`a list of ${what}`);
}

function passes(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  return ['http:', 'https:'].includes(protocol) && username === '' && password === '' && hash === '';
}

function isAddressOrRange(text: string): boolean {
  return passes(() => createAddressSet([text]));
}

function isOrigin(text: string): boolean {
  return passes(() => parseOrigins([text]));
}

function hasBytes(text: string, from: number, to: number): boolean {
  const bytes = Buffer.byteLength(text);
  return bytes >= from && bytes <= to;
}

function isAddressOrHostName(text: string): boolean {
  if (isIP(text) !== 0) return true;
  // Digits and dots alone are a mistyped address, which a resolver would read in surprising ways.
  if (/^[\d.]+$/.test(text)) return false;
  return text.length <= 253 && /^[A-Za-z0-9_]([A-Za-z0-9_-]*)(\.[A-Za-z0-9_-]+)*\.?$/.test(text);
}
