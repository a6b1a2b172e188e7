import { describe, expect, test } from 'vitest';
import { doOverlap, isWithin, parseRange } from '../../src/net/address-range.ts';

const range = (text: string) => {
  const parsed = parseRange(text);
  if (!parsed) throw new Error(`${text} is no range`);
  return parsed;
};

describe('parseRange', () => {
  test.each([
    ['10.1.2.3', '10.1.2.3'],
    ['10.1.2.3/32', '10.1.2.3'],
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['10.1.255.3/17', '10.1.128.0/17'],
    ['10.1.2.3/31', '10.1.2.2/31'],
    ['10.1.2.3/0', '0.0.0.0/0'],
    ['::FFFF:10.1.2.3', '10.1.2.3'],
    ['::ffff:a01:203/104', '10.0.0.0/8'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:ffff::/33', '2001:db8:8000::/33'],
    ['2001:db8::ffff/127', '2001:db8::fffe/127'],
    ['::1.2.3.4/120', '::1.2.3.0/120'],
    ['::/0', '::/0'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('spells %s as %s', (given, text) => {
    expect(range(given).text).toBe(text);
    expect(range(text)).toEqual(range(given));
  });

  test.each([
    '',
    '10.1.2',
    '10.1.2.3/33',
    '10.1.2.3/-1',
    '10.1.2.3/8/8',
    '10.1.2.3/',
    '::1/129',
    '::ffff:1.2.3.4/95',
    'x',
  ])('answers null for %j', (text) => {
    expect(parseRange(text)).toBeNull();
  });
});

describe('isWithin', () => {
  test.each([
    ['10.255.255.255', '10.0.0.0/8', true],
    ['11.0.0.0', '10.0.0.0/8', false],
    ['192.0.2.130', '192.0.2.128/26', true],
    ['192.0.2.192', '192.0.2.128/26', false],
    ['10.0.0.1', '::/0', false],
    ['::1', '0.0.0.0/0', false],
    ['2001:db8:7fff::1', '2001:db8::/33', true],
    ['2001:db8:8000::1', '2001:db8::/33', false],
    ['no address', '0.0.0.0/0', false],
  ])('%s in %s is %s', (address, text, expected) => {
    expect(isWithin(address, range(text))).toBe(expected);
  });
});

describe('doOverlap', () => {
  test.each([
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.1.2.3', '10.0.0.0/8', true],
    ['10.0.0.0/9', '10.128.0.0/9', false],
    ['0.0.0.0/0', '::/0', false],
    ['2001:db8::/32', '2001:db8:1::/48', true],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(doOverlap(range(a), range(b))).toBe(expected);
  });
});
