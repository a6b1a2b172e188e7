import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { authJwt } from '../../src/plugins/auth-jwt/auth-jwt.ts';
import { publishPacket, subscribePacket, type Wire } from '../broker/wire.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { ACCEPTED, CLOSED, knock, logIn, NOT_AUTHORIZED } from './support/auth.ts';
import { hostPlugin, type TestPlugin } from './support/plugin-host.ts';
import { ecPair, edwardsPair, inSeconds, partsOf, pemOf, rsaPair, SECRET, sign } from './support/tokens.ts';

let gateway: TestGateway;
let plugin: TestPlugin;

beforeAll(async () => {
  gateway = await startGateway(CLOSED);
  plugin = await hostPlugin(gateway, authJwt);
});

afterAll(async () => {
  await plugin.close();
  await gateway.close();
});

const come = (token: string, names: { readonly clientId?: string; readonly username?: string } = {}) =>
  knock(gateway, { clientId: 'device', username: 'anna', ...names, password: token });

describe('a token that is signed with a secret', () => {
  beforeAll(() => plugin.use({ secret: SECRET }));

  test.each(['HS256', 'HS384', 'HS512'])('by %s lets a client in', async (alg) => {
    expect(await come(await sign({}, { alg }))).toBe(ACCEPTED);
    expect(await come(await sign({}, { alg, key: Buffer.from('another secret') }))).toBe(NOT_AUTHORIZED);
  });

  test('lets a mqtt client in over WebSocket', async () => {
    const client = await gateway.connect({ username: 'x', password: await sign({}), overWebSocket: true });
    expect(client.connected).toBe(true);
  });

  test.each([
    ['expired', { exp: inSeconds(-10) }],
    ['not yet valid', { nbf: inSeconds(100) }],
    ['with an expiry that is no time', { exp: 'tomorrow' }],
  ])('and is %s is refused', async (_, payload) => {
    expect(await come(await sign(payload as JWTPayload))).toBe(NOT_AUTHORIZED);
  });

  test('is refused when a letter of it is another one', async () => {
    const token = await sign({ sub: 'anna' });
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const other = partsOf({ alg: 'HS256' }, { sub: 'eve' }).split('.')[1];
    expect(await come(`${header}.${other}.${signature}`)).toBe(NOT_AUTHORIZED);
    expect(await come(`${header}.${payload}.${signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))}`)).toBe(
      NOT_AUTHORIZED,
    );
    expect(await come(`${header}.${payload}.`)).toBe(NOT_AUTHORIZED);
  });

  test.each(['none', 'None', 'NONE', '', 'HS1', 'RS256'])('is refused when it says to be signed by %j', async (alg) => {
    const signed = partsOf({ alg, typ: 'JWT' }, { sub: 'anna' });
    const signature = createHmac('sha256', SECRET).update(signed).digest('base64url');
    expect(await come(`${signed}.`)).toBe(NOT_AUTHORIZED);
    expect(await come(`${signed}.${signature}`)).toBe(NOT_AUTHORIZED);
  });

  test('is refused when it asks for something that is not known', async () => {
    const signed = partsOf({ alg: 'HS256', crit: ['unheard'], unheard: 1 }, {});
    expect(await come(`${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`)).toBe(
      NOT_AUTHORIZED,
    );
  });

  test('is refused above 16 KiB', async () => {
    expect(await come(await sign({ text: 'x'.repeat(10_000) }))).toBe(ACCEPTED);
    expect(await come(await sign({ text: 'x'.repeat(20_000) }))).toBe(NOT_AUTHORIZED);
  });

  test('within the tolerance of clocks is taken', async () => {
    await plugin.use({ secret: SECRET, clockTolerance: 60 });
    expect(await come(await sign({ exp: inSeconds(-30), nbf: inSeconds(30) }))).toBe(ACCEPTED);
    expect(await come(await sign({ exp: inSeconds(-100) }))).toBe(NOT_AUTHORIZED);
  });

  test('is read from the user name when it is to be there', async () => {
    await plugin.use({ secret: SECRET, from: 'username' });
    const token = await sign({});
    expect(await knock(gateway, { username: token })).toBe(ACCEPTED);
    expect(await come(token)).toBe(NOT_AUTHORIZED);
  });
});

describe('what is no token', () => {
  const others = [
    ['a password', 'secret'],
    ['nothing', undefined],
    ['an address', 'broker.example.com'],
    ['three parts that are none of JSON', 'abc.def.ghi'],
    ['a header without an algorithm', `${partsOf({ typ: 'JWT' }, {})}.x`],
    ['a header that is null', `${partsOf(null, {})}.x`],
    ['bytes', Buffer.from([0xff, 0x2e, 0xfe])],
    ['64 KiB', 'x'.repeat(65_535)],
  ] as const;

  test.each(others)('is left to others, and to nobody in the end: %s', async (_, password) => {
    await plugin.use({ secret: SECRET });
    expect(await knock(gateway, { username: 'anna', ...(password === undefined ? {} : { password }) })).toBe(
      NOT_AUTHORIZED,
    );
    expect(await gateway.gateway.domain.clientRefusals('wire', null)).toMatchObject([
      { message: 'nobody vouches for the client' },
    ]);
  });
});

describe('a token that is signed with a private key', () => {
  const rsa = rsaPair();
  const other = rsaPair();

  test.each([
    ['RS256', rsa],
    ['RS384', rsa],
    ['RS512', rsa],
    ['PS256', rsa],
    ['PS384', rsa],
    ['PS512', rsa],
    ['ES256', ecPair('P-256')],
    ['ES384', ecPair('P-384')],
    ['ES512', ecPair('P-521')],
    ['EdDSA', edwardsPair()],
  ] as const)('by %s lets a client in', async (alg, { publicKey, privateKey }) => {
    await plugin.use({ pubkey: pemOf(publicKey) });
    expect(await come(await sign({}, { alg, key: privateKey }))).toBe(ACCEPTED);
    expect(await come(await sign({}))).toBe(NOT_AUTHORIZED);
  });

  test('of somebody else is refused', async () => {
    await plugin.use({ pubkey: pemOf(rsa.publicKey) });
    expect(await come(await sign({}, { alg: 'RS256', key: other.privateKey }))).toBe(NOT_AUTHORIZED);
  });

  test('is not taken for one whose secret is the public key', async () => {
    const pem = pemOf(rsa.publicKey);
    for (const settings of [{ pubkey: pem }, { pubkey: pem, secret: SECRET }]) {
      await plugin.use(settings);
      for (const key of [pem, pem.trim(), rsa.publicKey.export({ type: 'spki', format: 'der' })]) {
        const forged = await sign({}, { alg: 'HS256', key: Buffer.from(key as string) });
        expect(await come(forged)).toBe(NOT_AUTHORIZED);
      }
    }
    expect(await come(await sign({}))).toBe(ACCEPTED);
    expect(await come(await sign({}, { alg: 'RS256', key: rsa.privateKey }))).toBe(ACCEPTED);
  });

  test('is checked with a key from a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
    const path = join(folder, 'key.pem');
    try {
      writeFileSync(path, pemOf(rsa.publicKey));
      await plugin.use({ pubkey: path });
      expect(await come(await sign({}, { alg: 'RS256', key: rsa.privateKey }))).toBe(ACCEPTED);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('settings that go not together', () => {
  test.each([
    ['no key', {}, 'it has no key: auth.jwt.secret, auth.jwt.pubkey or auth.jwt.jwks has to be set'],
    [
      'two of them',
      { pubkey: pemOf(rsaPair().publicKey), jwks: 'http://127.0.0.1:1/' },
      'auth.jwt.pubkey and auth.jwt.jwks are both set; one has to be empty',
    ],
    [
      'a file that is not there',
      { pubkey: '/nowhere/key.pem' },
      "auth.jwt.pubkey: the file '/nowhere/key.pem' is not there",
    ],
    [
      'a file without an end',
      { pubkey: '/dev/zero' },
      "auth.jwt.pubkey: the file '/dev/zero' cannot be used: it is no plain file",
    ],
    [
      'no PEM',
      { pubkey: '-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----' },
      'auth.jwt.pubkey is no public key in PEM',
    ],
    ['a weak key', { pubkey: pemOf(rsaPair(1024).publicKey) }, 'auth.jwt.pubkey has less than 2048 bits'],
    [
      'an odd curve',
      { pubkey: pemOf(ecPair('secp256k1').publicKey) },
      "auth.jwt.pubkey is a key of the kind 'secp256k1', which signs no tokens",
    ],
  ])('are refused, and the ones before stay: %s', async (_, settings, reason) => {
    await plugin.use({ secret: SECRET });
    await expect(plugin.use(settings)).rejects.toMatchObject({
      code: 'PLUGIN_FAILED',
      message: `plugin 'emqx_auth_jwt' could not be loaded: ${reason}`,
    });
    expect(await come(await sign({}))).toBe(ACCEPTED);
    await plugin.use({ secret: SECRET });
  });
});

describe('the claims of a token', () => {
  const useClaims = (claims: object, more: object = {}) =>
    plugin.use({
      secret: SECRET,
      claims: { username: '', clientid: '', sub: '', iss: '', aud: '', ...claims },
      ...more,
    });

  test.each([
    ['username', '%u', 'anna', 'eve'],
    ['clientid', '%c', 'device', 'devices'],
    ['sub', 'user:%u', 'user:anna', 'user:%u'],
    ['iss', 'https://issuer.example', 'https://issuer.example', 'https://issuer.example/'],
    ['aud', 'broker', ['other', 'broker'], ['other']],
    ['aud', 'broker', 'broker', 'brokers'],
  ])('%s has to be %s', async (name, pattern, right, wrong) => {
    await useClaims({ [name]: pattern });
    expect(await come(await sign({ [name]: right }))).toBe(ACCEPTED);
    expect(await come(await sign({ [name]: wrong }))).toBe(NOT_AUTHORIZED);
    expect(await come(await sign({}))).toBe(NOT_AUTHORIZED);
  });

  test('of other names have to be what they are said to be', async () => {
    await useClaims({}, { otherClaims: ['tenant=t=1', 'level=3'] });
    expect(await come(await sign({ tenant: 't=1', level: 3 }))).toBe(ACCEPTED);
    expect(await come(await sign({ tenant: 't=1', level: 4 }))).toBe(NOT_AUTHORIZED);
  });

  test.each(['__proto__', 'constructor'])('may be called %s', async (name) => {
    await useClaims({}, { otherClaims: [`${name}=x`] });
    expect(await come(await sign(JSON.parse(`{ "${name}": "x" }`)))).toBe(ACCEPTED);
    expect(await come(await sign({}))).toBe(NOT_AUTHORIZED);
  });

  test('that need a user name refuse a client without one', async () => {
    await useClaims({ sub: '%u' }, { from: 'username' });
    expect(await knock(gateway, { username: await sign({ sub: '' }) })).toBe(NOT_AUTHORIZED);
  });

  test('are not looked at when they are not to be', async () => {
    await useClaims({ sub: '%u' }, { verifyClaims: 'off' });
    expect(await come(await sign({ sub: 'eve' }))).toBe(ACCEPTED);
  });
});

describe('a claim about topics', () => {
  const enter = async (acl: unknown, clientId = 'device'): Promise<Wire> =>
    logIn(gateway, { clientId, username: 'anna', password: await sign({ acl } as JWTPayload) });

  beforeEach(() => plugin.use({ secret: SECRET }));

  test('lets a client subscribe to what it names, and to nothing else', async () => {
    const wire = await enter({ sub: ['a/%c/+', 'users/%u/#'] });
    const asked = ['a/device/+', 'users/anna/x/#', 'a/other/+', 'a/device/#', '#', 'b'];
    const { granted } = await wire.ask(subscribePacket(1, ...asked.map((filter) => [filter, 1] as const)), 'suback');
    expect(granted).toEqual([1, 1, 128, 128, 128, 128]);
    await wire.disconnect();
  });

  test('lets a client publish what it names, and drops the rest', async () => {
    const reader = await enter({ all: ['#'] }, 'reader');
    await reader.subscribe(['#', 1]);
    const wire = await enter({ pub: ['a/%c/#'] });
    for (const [i, topic] of ['a/other/x', 'b', 'a/device/x'].entries()) {
      await wire.ask(publishPacket(topic, 1, i + 1), 'puback');
    }
    expect(await reader.next('publish')).toMatchObject({ topic: 'a/device/x' });
    expect(await gateway.gateway.domain.clientRefusals('device', null)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'ACL', action: 'PUBLISH', topic: 'b' }),
        expect.objectContaining({ kind: 'ACL', action: 'PUBLISH', topic: 'a/other/x' }),
      ]),
    );
    await wire.disconnect();
    await reader.disconnect();
  });

  test('speaks for nobody else: a client without one has the rights of everybody', async () => {
    const wire = await logIn(gateway, { clientId: 'free', username: 'x', password: await sign({}) });
    expect(await wire.subscribe(['anything/#', 1])).toEqual([1]);
    await wire.disconnect();
  });

  test('does not open the topics of the broker to publishers', async () => {
    const wire = await enter({ pub: ['$SYS/#'] });
    wire.write(publishPacket('$SYS/forged', 1, 1));
    await wire.closed;
    expect((await gateway.gateway.domain.clientRefusals('device', null))[0]).toMatchObject({ topic: '$SYS/forged' });
  });

  test('refuses a will that it does not name', async () => {
    const password = await sign({ acl: { pub: ['wills/%c'] } });
    const will = (topic: string) => ({ topic, payload: Buffer.from('x'), qos: 0 as const, retain: false });
    const options = { clientId: 'willing', username: 'x', password };
    await expect(gateway.connect({ ...options, will: will('wills/other') })).rejects.toMatchObject({ code: 5 });
    const client = await gateway.connect({ ...options, will: will('wills/willing') });
    await client.endAsync();
  });

  test.each([{ pub: 'a' }, 'all', [], { all: ['a#'] }, null])('that is %j refuses the token', async (acl) => {
    expect(await come(await sign({ acl } as JWTPayload))).toBe(NOT_AUTHORIZED);
  });

  test('holds for those who are connected while the plugin is loaded anew', async () => {
    const wire = await enter({ sub: ['mine'] });
    await plugin.use({ secret: 'another secret' });
    expect(await wire.subscribe(['mine', 1], ['yours', 1])).toEqual([1, 128]);
    await wire.disconnect();
  });

  test('is the one that is named', async () => {
    await plugin.use({ secret: SECRET, aclClaim: 'rights' });
    const password = await sign({ acl: { sub: ['a'] }, rights: { sub: ['b'] } });
    const wire = await logIn(gateway, { username: 'x', password });
    expect(await wire.subscribe(['a', 1], ['b', 1])).toEqual([128, 1]);
    await wire.disconnect();
  });

  test('is none when no claim is named', async () => {
    await plugin.use({ secret: SECRET, aclClaim: '' });
    const wire = await enter({ sub: ['a'] });
    expect(await wire.subscribe(['b', 1])).toEqual([1]);
    await wire.disconnect();
  });
});

describe('a token that expires', () => {
  const enter = async (clientId: string, seconds: number): Promise<Wire> =>
    logIn(gateway, { clientId, username: 'x', password: await sign({ exp: inSeconds(seconds) }) });

  test('ends the connection, and no other', async () => {
    await plugin.use({ secret: SECRET });
    const lasting = await enter('lasting', 1000);
    const short = await enter('short', 4);
    await short.closed;
    await lasting.settle();
    await lasting.disconnect();
    const { shutdownCount } = gateway.gateway.ports.mqtt;
    expect(shutdownCount).toMatchObject({ token_expired: 1 });
  });

  test('ends it also when the plugin was loaded anew meanwhile', async () => {
    const short = await enter('short', 4);
    await plugin.use({ secret: 'another secret' });
    await short.closed;
  });

  test('does not end the connection that another one with its client id has taken over', async () => {
    await plugin.use({ secret: SECRET });
    const first = await enter('taken', 4);
    const second = await enter('taken', 1000);
    await first.closed;
    const other = await enter('other', 5);
    await other.closed;
    await second.settle();
    await second.disconnect();
  });

  test('ends nothing when it is not to', async () => {
    await plugin.use({ secret: SECRET, disconnectAfterExpire: 'off' });
    const short = await enter('short', 4);
    const elsewhere = await startGateway(CLOSED);
    const other = await hostPlugin(elsewhere, authJwt);
    await other.use({ secret: SECRET });
    const password = await sign({ exp: inSeconds(5) });
    await (await logIn(elsewhere, { username: 'x', password })).closed;
    await other.close();
    await elsewhere.close();
    await short.settle();
    await short.disconnect();
  });
});

describe('the plugin', () => {
  test('once it is unloaded lets nobody in, and leaves those connected alone', async () => {
    await plugin.use({ secret: SECRET });
    const wire = await logIn(gateway, { clientId: 'stays', username: 'x', password: await sign({}) });
    await plugin.host.unload('emqx_auth_jwt');
    expect(await come(await sign({}))).toBe(NOT_AUTHORIZED);
    await wire.settle();
    await wire.disconnect();
  });
});
