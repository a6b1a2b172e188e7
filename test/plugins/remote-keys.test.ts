import { jwtVerify } from 'jose';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createOutbound, type Outbound } from '../../src/net/outbound.ts';
import { FetchedKeys, KeysUnavailable, RemoteKeys } from '../../src/plugins/auth-jwt/remote-keys.ts';
import { startServer, type TestServer } from '../support/http-server.ts';
import { keySetOf, rsaPair, sign } from './support/tokens.ts';

const [old, newer] = [rsaPair(), rsaPair()];
const HOUR = 3_600_000;

let server: TestServer;
let outbound: Outbound;
let keys: RemoteKeys;
let fetched: (string | null)[];
let now: number;

const verify = async (kid: string, key = old.privateKey): Promise<boolean> =>
  jwtVerify(await sign({}, { alg: 'RS256', key, kid }), keys.keyFor).then(() => true);

beforeEach(async () => {
  now = 1_000_000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const first = await keySetOf({ one: old.publicKey });
  server = await startServer(() => [200, first]);
  const bounds = { connections: 1, maxPending: 10, connectTimeout: 1000, timeout: 2000, maxAnswer: 100_000 };
  outbound = createOutbound({ ...bounds, allowLinkLocal: false });
  fetched = [];
  keys = new RemoteKeys({
    fetched: new FetchedKeys(server.url),
    outbound,
    refreshInterval: 300,
    onFetched: (failure) => void fetched.push(failure && 'failed'),
  });
});

afterEach(async () => {
  keys.end();
  vi.restoreAllMocks();
  await server.die();
  await outbound.close();
});

test('keys are fetched anew for a token that names an unknown one, half a minute later at the earliest', async () => {
  expect(await verify('one')).toBe(true);
  const second = await keySetOf({ one: old.publicKey, two: newer.publicKey });
  server.answering = () => [200, second];
  now += 29_000;
  await expect(verify('two', newer.privateKey)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  now += 1000;
  expect(await verify('two', newer.privateKey)).toBe(true);
  expect(server.asked).toHaveLength(2);
  expect(fetched).toEqual([null, null]);
});

test('tokens that come while keys are fetched wait for that fetch', async () => {
  const answers = await Promise.all([verify('one'), verify('one'), verify('one')]);
  expect(answers).toEqual([true, true, true]);
  expect(server.asked).toHaveLength(1);
});

test('keys are used for an hour while they cannot be fetched anew', async () => {
  expect(await verify('one')).toBe(true);
  await server.die();
  now += HOUR - 1;
  await expect(keys.fetch()).rejects.toThrow(KeysUnavailable);
  expect(await verify('one')).toBe(true);
  now += 1;
  await expect(verify('one')).rejects.toThrow(KeysUnavailable);
  expect(fetched).toEqual([null, 'failed']);
  await server.rise();
  now += 5000;
  expect(await verify('one')).toBe(true);
});

test('a server that does not answer is asked every five seconds at most, however many tokens come', async () => {
  await server.die();
  await expect(verify('one')).rejects.toThrow(KeysUnavailable);
  await server.rise();
  for (let i = 0; i < 5; i++) await expect(verify('one')).rejects.toThrow(KeysUnavailable);
  expect(server.asked).toHaveLength(0);
  now += 5000;
  expect(await verify('one')).toBe(true);
});

test('nobody waits long for a server that is slow', async () => {
  server.answering = () => undefined;
  await expect(verify('one')).rejects.toThrow('the keys of tokens take too long to come');
});

test('whoever has ended is told of no fetch', async () => {
  const under = keys.fetch();
  keys.end();
  await under;
  expect(fetched).toEqual([]);
});
