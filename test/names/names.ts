/** Every character that a path, a query, a body, JSON or a topic gives a meaning to, and some beyond ASCII. */
const EVERY_CHARACTER = '/ # + % ? & = : ; , ü 中 😀 " \\ \' < > { } [ ] . ~ * $ @ !';

/** What looks like a part of the API, of a path or of a language. */
const words = [
  'persistent',
  'acl',
  'username',
  'connections',
  ':clientid',
  '.',
  '..',
  '../nodes',
  '%2F',
  '%2e%2e',
  '%25',
  '%zz',
  '%',
  '?_page=0',
  'a&b=c',
  'a=b',
  'undefined',
  'null',
  'true',
  '0',
  '-1',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
];

const characters = [
  'ü',
  '中',
  '😀',
  '"',
  '\\',
  "'",
  ' ',
  ' a  b ',
  '&',
  '?',
  '\t',
  '\n',
  '\u007f',
  '\ufeffa',
  'e\u0301',
  '$',
];

/** Client ids as real clients have them, up to 1024 bytes. */
export const CLIENT_IDS: readonly string[] = [
  ...words,
  ...characters,
  '/',
  '//',
  '/a',
  'a/',
  'a//b',
  '#',
  '+',
  'a#b+c',
  ',',
  EVERY_CHARACTER,
  'x'.repeat(1024),
  '/'.repeat(1024),
  '%'.repeat(1024),
  'ü'.repeat(512),
  '😀'.repeat(256),
];

const fill = (unit: string, bytes: number): string => unit.repeat(bytes / Buffer.byteLength(unit));

/** Topic names, up to 4096 bytes; none of them holds + or #. */
export const TOPIC_NAMES: readonly string[] = [
  ...words,
  ...characters,
  '/',
  '//',
  '/a',
  'a/',
  'a//b',
  ' / ',
  '$SYSTEM/a',
  EVERY_CHARACTER.replace('# + ', ''),
  fill('x', 4096),
  fill('%', 4096),
  fill('ü', 4096),
  fill('😀', 4096),
  `${'/'.repeat(99)}${fill('中', 3996)}`,
];

/** Topic filters with wildcards. */
export const WILDCARD_FILTERS: readonly string[] = [
  '#',
  '+',
  '/#',
  '+/+',
  '+/ü/#',
  '%/+/😀/#',
  '__proto__/+',
  ' /+/"\\\'',
  '$SYSTEM/#',
  `${fill('😀', 4092)}/+/#`,
];

/** A value as one segment of a path, escaped as far as it must be. */
export const segment = encodeURIComponent;

/** A value as one segment of a path with every byte of it escaped. */
export const escaped = (value: string): string =>
  [...Buffer.from(value)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

/** A name for the title of a test. */
export const titleOf = (name: string): string =>
  JSON.stringify(name.length > 40 ? `${name.slice(0, 10)}… of ${Buffer.byteLength(name)} bytes` : name);
