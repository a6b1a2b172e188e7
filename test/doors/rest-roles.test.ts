import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { forbidden, PROFILES, spelled, startProfile } from '../rest/support/profiles.ts';
import { basic, NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { addCallers, authorized, SECRET } from './support/callers.ts';

const READS = [
  '/',
  '/nodes/',
  '/brokers/',
  '/connections/',
  '/sessions/',
  '/subscriptions/',
  '/routes/',
  '/stats/',
  '/banned/',
  '/plugins/',
];

/** Each write with the operation that it runs. */
const WRITES: readonly (readonly [string, string, unknown, string])[] = [
  ['POST', '/mqtt/publish', { topic: 'a', payload: 'b' }, 'publishMany'],
  ['POST', '/mqtt/subscribe', { topic: 'a', client_id: 'target' }, 'subscribe'],
  ['POST', '/mqtt/unsubscribe', { topic: 'a', client_id: 'target' }, 'unsubscribe'],
  ['DELETE', '/connections/target', undefined, 'kickConnection'],
  ['POST', '/banned/', { who: 'target', as: 'client_id' }, 'createBan'],
  ['DELETE', '/banned/target', { as: 'client_id' }, 'deleteBan'],
];

const nextMessage = (client: MqttClient): Promise<readonly [string, string]> =>
  new Promise((resolve) => client.once('message', (topic, payload) => resolve([topic, String(payload)])));

describe.each(PROFILES)('roles over REST in the spelling of %s', (profile) => {
  let gateway: TestGateway;
  const call = async (name: string, method: string, path: string, body?: unknown) => {
    const { status, json } = await gateway.rest(path, { method, body, headers: authorized(name) });
    return { status, json };
  };

  beforeAll(async () => {
    gateway = await startProfile(profile);
    await addCallers(gateway);
  });

  afterAll(() => gateway.close());

  test.each(READS)('a viewer reads %s', async (path) => {
    expect((await call('app-viewer', 'GET', path)).status).toBe(200);
  });

  test('a viewer changes nothing', async () => {
    const client = await gateway.connect({ clientId: 'target' });
    const received: string[] = [];
    client.on('message', (topic) => received.push(topic));
    await client.subscribeAsync('#');
    for (const [method, path, body, operation] of WRITES) {
      const message = `${operation} needs the role OPERATOR; 'app-viewer' has the role VIEWER`;
      expect([path, await call('app-viewer', method, path, body)]).toEqual([path, forbidden(profile, message)]);
    }
    await client.publishAsync('last', '', { qos: 1 });
    if (!received.includes('last')) await nextMessage(client);
    expect(received).toEqual(['last']);
    await client.endAsync();
  });

  test('only an admin loads and unloads plugins', async () => {
    const path = (deed: string): string => `/nodes/${NODE}/plugins/emqx_recon/${deed}`;
    for (const [deed, operation] of [
      ['load', 'loadPlugin'],
      ['unload', 'unloadPlugin'],
    ] as const) {
      const message = `${operation} needs the role ADMIN; 'app-operator' has the role OPERATOR`;
      expect(await call('app-operator', 'PUT', path(deed))).toEqual(forbidden(profile, message));
    }
    expect((await call('app-admin', 'PUT', path('unload'))).status).toBe(200);
    expect((await call('app-admin', 'PUT', path('load'))).status).toBe(200);
  });

  test('an operator publishes and kicks', async () => {
    const client = await gateway.connect({ clientId: 'target' });
    await client.subscribeAsync('a');
    const message = nextMessage(client);
    expect(await call('app-operator', 'POST', '/mqtt/publish', { topic: 'a', payload: 'b' })).toEqual({
      status: 200,
      json: { code: 0 },
    });
    expect(await message).toEqual(['a', 'b']);
    const closed = new Promise((resolve) => client.once('close', () => resolve(null)));
    expect(await call('app-operator', 'DELETE', '/connections/target')).toEqual({
      status: 200,
      json: spelled(profile, 'ok', { code: 0 }),
    });
    await closed;
  });
});

describe('applications with a release of their own', () => {
  test('are answered in it side by side on one port', async () => {
    const gateway = await startGateway();
    const { applications } = gateway.gateway.access.accounts;
    for (const restProfile of PROFILES) {
      await applications.create({ id: `of-${restProfile}`, secret: SECRET, role: 'VIEWER', restProfile });
    }
    await applications.create({ id: 'of-nothing', secret: SECRET, role: 'VIEWER' });
    const refused = async (id: string) => {
      const headers = { authorization: basic(id, SECRET) };
      const { status, json } = await gateway.rest('/mqtt/publish', { method: 'POST', body: { topic: 'a' }, headers });
      return { status, json };
    };
    const empty = async (id: string) =>
      (await gateway.rest('/routes/elsewhere', { headers: { authorization: basic(id, SECRET) } })).json;
    const sentence = (id: string) => `publishMany needs the role OPERATOR; '${id}' has the role VIEWER`;
    await Promise.all(
      PROFILES.map(async (profile) => {
        const id = `of-${profile}`;
        expect(await refused(id)).toEqual(forbidden(profile, sentence(id)));
        expect(await empty(id)).toEqual(spelled(profile, [], { code: 0, data: [] }));
      }),
    );
    expect(await refused('of-nothing')).toEqual(forbidden('3.0-beta', sentence('of-nothing')));
    await applications.update('of-nothing', { restProfile: '3.2' });
    expect(await refused('of-nothing')).toEqual(forbidden('3.2', sentence('of-nothing')));
    await gateway.close();
  });
});
