import { describe, expect, test } from 'vitest';
import { createAddressSet } from '../../src/net/address-set.ts';
import { isLoopback, neighbourhood, normaliseAddress } from '../../src/net/addresses.ts';
import { createConnectionCount } from '../../src/net/connection-count.ts';
import { forwardedAddress } from '../../src/net/forwarded.ts';

describe('an address', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:C000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::1', '::1'],
    ['', ''],
    ['example.org', 'example.org'],
  ])('%s is spelt %s', (given, spelt) => {
    expect(normaliseAddress(given)).toBe(spelt);
  });

  test.each(['127.0.0.1', '127.255.255.254', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1'])(
    '%s is loopback',
    (address) => {
      expect(isLoopback(address)).toBe(true);
    },
  );

  test.each(['128.0.0.1', '::', '::2', '127.example.org', ''])("'%s' is not loopback", (address) => {
    expect(isLoopback(address)).toBe(false);
  });

  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001::2:3:4:5:6', '2001:0:0:2'],
    ['::', '0:0:0:0'],
    ['::1.2.3.4', '0:0:0:0'],
    ['1::', '1:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
  ])('%s is in the neighbourhood %s', (address, place) => {
    expect(neighbourhood(address)).toBe(place);
  });
});

describe('a set of addresses', () => {
  const set = createAddressSet([
    '10.0.0.0/8',
    '192.0.2.7',
    '::1',
    '2001:db8::/32',
    '::ffff:172.16.0.0/108',
    ' 203.0.113.9 ',
  ]);

  test.each([
    '10.255.0.1',
    '192.0.2.7',
    '::1',
    '0:0::1',
    '2001:db8:ffff::1',
    '172.31.0.1',
    '::ffff:10.0.0.1',
    '203.0.113.9',
  ])('has %s', (address) => {
    expect(set.has(address)).toBe(true);
  });

  test.each(['11.0.0.1', '192.0.2.8', '::2', '2001:db9::1', '172.32.0.1', '', 'localhost', '10.0.0'])(
    "does not have '%s'",
    (address) => {
      expect(set.has(address)).toBe(false);
    },
  );

  test.each([
    ['0.0.0.0/0', '203.0.113.1', '2001:db8::1'],
    ['::/0', '2001:db8::1', '203.0.113.1'],
  ])('holds one family in %s', (range, inside, outside) => {
    const all = createAddressSet([range]);
    expect([all.has(inside), all.has(outside)]).toEqual([true, false]);
  });

  test('has nothing when it is empty', () => {
    expect(createAddressSet([]).has('127.0.0.1')).toBe(false);
  });

  test.each([
    '',
    'localhost',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '::/129',
    '10.0.0.0/8x',
    '::ffff:10.0.0.0/8',
  ])("refuses the entry '%s' in a sentence", (entry) => {
    expect(() => createAddressSet(['::1', entry], 'proxies')).toThrow(
      `proxies must be an IP address or a range as 10.0.0.0/8, not '${entry}'`,
    );
  });
});

describe('the client behind a request', () => {
  const proxies = createAddressSet(['127.0.0.1', '10.0.0.0/8', '2001:db8:ffff::/48']);

  test.each([
    ['of a stranger is the stranger, whatever he writes', '203.0.113.5', '198.51.100.1', '203.0.113.5'],
    ['of a proxy without the header is the proxy', '10.0.0.1', undefined, '10.0.0.1'],
    ['of a proxy is its entry', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['is the rightmost that is no proxy', '10.0.0.1', '1.1.1.1, 198.51.100.1, 10.0.0.2', '198.51.100.1'],
    ['is the first of a chain of proxies', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['is the last proxy before an entry that is no address', '10.0.0.1', '1.1.1.1, unknown, 10.0.0.2', '10.0.0.2'],
    ['is the proxy when the header is empty', '10.0.0.1', '', '10.0.0.1'],
    ['may come with a port', '::ffff:127.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
    ['may be an IPv6 address', '127.0.0.1', '2001:DB8:0::5', '2001:db8::5'],
    ['may be an IPv6 address with a port', '2001:db8:ffff::1', '[2001:db8::5]:443', '2001:db8::5'],
  ])('%s', (_, peer, header, client) => {
    expect(forwardedAddress(peer, header, proxies)).toBe(client);
  });
});

describe('connections of one address', () => {
  test('are let in up to the limit, and again when one leaves', () => {
    const connections = createConnectionCount({ maxConnectionsPerAddress: 2 });
    const leave = connections.enter('192.0.2.1');
    expect(connections.enter('::ffff:192.0.2.1')).not.toBeNull();
    expect(connections.enter('192.0.2.1')).toBeNull();
    expect(connections.enter('192.0.2.2')).not.toBeNull();
    leave?.();
    expect(connections.enter('192.0.2.1')).not.toBeNull();
  });

  test('are counted together in a /64 of IPv6', () => {
    const connections = createConnectionCount({ maxConnectionsPerAddress: 1 });
    expect(connections.enter('2001:db8::1')).not.toBeNull();
    expect(connections.enter('2001:db8:0:0:ffff::2')).toBeNull();
    expect(connections.enter('2001:db8:0:1::1')).not.toBeNull();
  });

  test('leave once, however often they say so', () => {
    const connections = createConnectionCount({ maxConnectionsPerAddress: 2 });
    const leave = connections.enter('192.0.2.1');
    connections.enter('192.0.2.1');
    leave?.();
    leave?.();
    expect(connections.enter('192.0.2.1')).not.toBeNull();
    expect(connections.enter('192.0.2.1')).toBeNull();
  });

  test('leave nothing behind', () => {
    const connections = createConnectionCount({ maxConnectionsPerAddress: 0 });
    const leaves = Array.from({ length: 1000 }, (_, index) => connections.enter(`10.0.${index >> 8}.${index & 255}`));
    expect(connections.addresses).toBe(1000);
    for (const leave of leaves) leave?.();
    expect(connections.addresses).toBe(0);
  });

  test('are not limited by 0', () => {
    const connections = createConnectionCount({ maxConnectionsPerAddress: 0 });
    const entered = Array.from({ length: 1000 }, () => connections.enter('192.0.2.1'));
    expect(entered).not.toContain(null);
  });
});

describe('connections in total', () => {
  test('are let in up to the limit, and again when one leaves, which it does once', () => {
    const connections = createConnectionCount({ maxConnections: 2 });
    const leave = connections.open();
    expect(connections.open()).not.toBeNull();
    expect(connections.open()).toBeNull();
    leave?.();
    leave?.();
    expect(connections.open()).not.toBeNull();
    expect(connections.open()).toBeNull();
  });

  test('are not limited by 0', () => {
    const connections = createConnectionCount({ maxConnections: 0 });
    expect(Array.from({ length: 1000 }, () => connections.open())).not.toContain(null);
  });
});
