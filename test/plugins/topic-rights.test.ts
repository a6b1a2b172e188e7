import { describe, expect, test } from 'vitest';
import { readRights } from '../../src/plugins/auth-jwt/topic-rights.ts';

const client = { clientId: 'c1', username: 'anna' };

describe('a right to subscribe to', () => {
  test.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/c', false],
    ['a/b', 'a', false],
    ['a/b', 'a/b/c', false],
    ['a/b', 'a/+', false],
    ['a/b', '#', false],
    ['a/+', 'a/b', true],
    ['a/+', 'a/+', true],
    ['a/+', 'a/', true],
    ['a/+', 'a', false],
    ['a/+', 'a/b/c', false],
    ['a/+', 'a/#', false],
    ['a/+', '+/b', false],
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['a/#', 'a/+/c', true],
    ['a/#', 'a/#', true],
    ['a/#', '#', false],
    ['a/#', 'ab', false],
    ['+', '#', false],
    ['+/+', '+/b', true],
    ['+/b', '+/+', false],
    ['#', 'a/+/#', true],
    ['#', '+', true],
    ['#', '$SYS/brokers', false],
    ['+/brokers', '$SYS/brokers', false],
    ['$SYS/#', '$SYS/brokers', true],
    ['a/#', '$share/group/a/b', true],
    ['a/#', '$queue/a/#', true],
    ['a/#', '$share/group/b', false],
    ['a/#', '$share/a/#', false],
    ['#', '$share/group/$SYS/brokers', false],
    ['/', '/', true],
    ['/+', '/a', true],
    ['+', '', true],
  ])('%s covers %s: %s', (right, asked, expected) => {
    expect(readRights({ sub: [right] }, client).maySubscribe(asked)).toBe(expected);
    expect(readRights({ all: [right] }, client).maySubscribe(asked)).toBe(expected);
    expect(readRights({ pub: [right] }, client).maySubscribe(asked)).toBe(false);
  });
});

describe('names in a right', () => {
  const may = (right: string, topic: string, names: object = {}): boolean =>
    readRights({ pub: [right] }, { ...client, ...names }).mayPublish(topic);

  test('stand for those of the client', () => {
    expect(may('devices/%c/state', 'devices/c1/state')).toBe(true);
    expect(may('devices/%c/state', 'devices/c2/state')).toBe(false);
    expect(may('devices/%c/state', 'devices/%c/state')).toBe(false);
    expect(may('users/%u/#', 'users/anna/x/y')).toBe(true);
    expect(may('x-%c-%u', 'x-c1-anna')).toBe(true);
    expect(may('%c/%c', 'c1/c1')).toBe(true);
  });

  test('are meant as they are, wildcards and placeholders in them too', () => {
    expect(may('devices/%c', 'devices/anything', { clientId: '#' })).toBe(false);
    expect(may('devices/%c', 'devices/anything', { clientId: '+' })).toBe(false);
    expect(may('devices/%c', 'devices/anna', { clientId: '%u' })).toBe(false);
    expect(may('devices/%c', 'devices/%u', { clientId: '%u' })).toBe(true);
    expect(may('devices/%c', 'devices/a/b', { clientId: 'a/b' })).toBe(true);
    expect(readRights({ sub: ['%c/x'] }, { ...client, clientId: '+' }).maySubscribe('+/x')).toBe(false);
  });

  test('give nothing to a client without a user name', () => {
    expect(may('users/%u/#', 'users//x', { username: null })).toBe(false);
    expect(may('users/%u/#', 'users/null/x', { username: null })).toBe(false);
    expect(readRights({ all: ['users/%u', 'b'] }, { ...client, username: null }).mayPublish('b')).toBe(true);
  });
});

describe('rights', () => {
  test('of nothing deny everything', () => {
    const rights = readRights({}, client);
    expect([rights.mayPublish('a'), rights.maySubscribe('a')]).toEqual([false, false]);
  });

  test('to publish and to subscribe are apart, and `all` is both', () => {
    const rights = readRights({ pub: ['p'], sub: ['s'], all: ['a'] }, client);
    expect(['p', 's', 'a'].map((topic) => rights.mayPublish(topic))).toEqual([true, false, true]);
    expect(['p', 's', 'a'].map((topic) => rights.maySubscribe(topic))).toEqual([false, true, true]);
  });

  test.each([
    [null, 'it is no object'],
    ['a/#', 'it is no object'],
    [['a/#'], 'it is no object'],
    [{ pub: 'a/#' }, "'pub' is no list"],
    [{ sub: null }, "'sub' is no list"],
    [{ all: [7] }, "'all' has no topic filters"],
    [{ pub: ['a#'] }, "'pub' has no topic filters"],
  ])('that are %j are refused', (claim, reason) => {
    expect(() => readRights(claim, client)).toThrow(reason);
  });
});
