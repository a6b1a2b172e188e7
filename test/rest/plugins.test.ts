import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../src/package.ts';
import { deferred, fake } from '../plugins/support/fakes.ts';
import { NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { done, NOT_FOUND, PROFILES, type ProfileName, refusedByDashboard, spelled } from './support/profiles.ts';

const onNode = (name: string, deed: string): string => `/nodes/${NODE}/plugins/${name}/${deed}`;

/** How a plugin refuses with a sentence. */
const told = (profile: ProfileName, message: string) => ({
  status: profile === '3.0-beta' ? 500 : 200,
  json: spelled(profile, { message }, { code: 102, message }),
});

/** What `load` answers: since 3.1 what it started. */
const started = (profile: ProfileName, name: string) =>
  ['3.1', '3.2'].includes(profile) ? { status: 200, json: { code: 0, data: [name] } } : done(profile);

/** Since which release a row is there. */
const has = (profile: ProfileName, since: ProfileName): boolean => PROFILES.indexOf(profile) >= PROFILES.indexOf(since);

describe.each(PROFILES)('the plugins of %s', (profile) => {
  let gateway: TestGateway;
  let isBroken = true;
  let slow = deferred<object>();
  let isLoading = deferred<void>();
  const folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
  const plugins = [
    fake('emqx_broken', () => {
      if (isBroken) throw new Error("its file 'acl.conf' is not there");
      return {};
    }),
    fake(
      'emqx_slow',
      () => {
        isLoading.resolve();
        return slow.promise;
      },
      { type: 'bridge' },
    ),
    fake('emqx_gate', () => ({ hooks: { authenticate: () => 'deny' } }), { type: 'auth' }),
  ];
  const open = async (): Promise<void> => {
    gateway = await startGateway('', { BROKERQL_REST_PROFILE: profile }, folder, [], plugins);
  };

  beforeAll(open);

  afterAll(async () => {
    await gateway.close();
    rmSync(folder, { recursive: true });
  });

  const call = async (method: string, path: string) => {
    const { status, json, text } = await gateway.rest(path, { method });
    return json === undefined ? { status, text } : { status, json };
  };
  const put = (path: string) => call('PUT', path);
  const isActive = async (name: string): Promise<boolean | undefined> =>
    (await gateway.gateway.domain.plugins(null)).find((plugin) => plugin.name === name)?.active;

  const row = (name: string, description: string, active: boolean, type: string) => ({
    name,
    version,
    description,
    active,
    ...(profile === '3.2' ? { type } : {}),
  });

  test('GET /plugins/ and GET /nodes/:node/plugins/ list what is shipped, by name', async () => {
    const rows = [
      row('emqx_dashboard', 'Dashboard: the same for its users', true, 'feature'),
      row('emqx_management', 'Management API: GraphQL, and REST as EMQ X 3 has it', true, 'feature'),
      row('emqx_prometheus', 'Prometheus: figures of the node at /metrics', false, 'feature'),
      row('emqx_recon', 'Recon: event loop, memory, garbage collections and handles of a node', true, 'feature'),
    ];
    const shipped = await call('GET', `/nodes/${NODE}/plugins/`);
    const listed = spelled(profile, shipped.json, (shipped.json as { data?: unknown }).data) as typeof rows;
    expect(shipped).toEqual({ status: 200, json: spelled(profile, listed, { code: 0, data: listed }) });
    expect(listed.filter(({ name }) => rows.some((expected) => expected.name === name))).toEqual(rows);
    expect(listed.map(({ name }) => name)).toEqual(listed.map(({ name }) => name).sort());
    expect(listed.find(({ name }) => name === 'emqx_gate')).toEqual({
      ...row('emqx_gate', 'A plugin of the tests', false, 'auth'),
      version: '1.2.3',
    });
    const all = [{ node: NODE, plugins: listed }];
    expect(await call('GET', '/plugins/')).toEqual({
      status: 200,
      json: spelled(profile, all, { code: 0, data: all }),
    });
  });

  test('PUT /nodes/:node/plugins/emqx_recon/load on a fresh start says that it is started', async () => {
    const answer = await put(onNode('emqx_recon', 'load'));
    expect(answer).toEqual(refusedByDashboard(profile, 'already_started'));
    if (profile === '3.0-beta') expect(answer).toEqual({ status: 500, json: { message: 'already_started' } });
  });

  test('load and unload change what clients may do at once, and survive a restart', async () => {
    const client = await gateway.connect({ clientId: 'before' });
    expect(await put(onNode('emqx_gate', 'unload'))).toEqual(refusedByDashboard(profile, 'not_started'));
    expect(await put(onNode('emqx_gate', 'load'))).toEqual(started(profile, 'emqx_gate'));
    await expect(gateway.connect()).rejects.toMatchObject({ code: 5 });
    expect(client.connected).toBe(true);
    await gateway.close();
    await open();
    await expect(gateway.connect()).rejects.toMatchObject({ code: 5 });
    expect(await put(onNode('emqx_gate', 'load'))).toEqual(refusedByDashboard(profile, 'already_started'));
    expect(await put(onNode('emqx_gate', 'unload'))).toEqual(done(profile));
    await (await gateway.connect()).endAsync();
    await gateway.close();
    await open();
    await (await gateway.connect()).endAsync();
    expect(await isActive('emqx_gate')).toBe(false);
  });

  test('a load that fails answers its reason, and the plugin stays inactive', async () => {
    const message = "plugin 'emqx_broken' could not be loaded: its file 'acl.conf' is not there";
    expect(await put(onNode('emqx_broken', 'load'))).toEqual(told(profile, message));
    expect(await isActive('emqx_broken')).toBe(false);
    if (has(profile, '3.1')) expect(await put(onNode('emqx_broken', 'reload'))).toEqual(told(profile, message));
    if (has(profile, '3.2')) expect(await put('/plugins/emqx_broken/reload')).toEqual(told(profile, message));
    isBroken = false;
    expect(await put(onNode('emqx_broken', 'load'))).toEqual(started(profile, 'emqx_broken'));
    isBroken = true;
  });

  test('of two loads at once one wins and one is told, and so is who unloads meanwhile', async () => {
    slow = deferred();
    isLoading = deferred();
    const first = put(onNode('emqx_slow', 'load'));
    await isLoading.promise;
    expect(await put(onNode('emqx_slow', 'load'))).toEqual(refusedByDashboard(profile, 'already_started'));
    expect(await put(onNode('emqx_slow', 'unload'))).toEqual(refusedByDashboard(profile, 'not_started'));
    slow.resolve({});
    expect(await first).toEqual(started(profile, 'emqx_slow'));
    expect(await put(onNode('emqx_slow', 'unload'))).toEqual(done(profile));
  });

  test.each(['emqx_management', 'emqx_dashboard'])('%s cannot be unloaded', async (name) => {
    const message = `plugin '${name}' cannot be unloaded: without it nobody could load it again`;
    expect(await put(onNode(name, 'unload'))).toEqual(told(profile, message));
    if (has(profile, '3.2')) expect(await put(`/plugins/${name}/unload`)).toEqual(told(profile, message));
    expect(await put(onNode(name, 'load'))).toEqual(refusedByDashboard(profile, 'already_started'));
  });

  test.each(['emqx_nothing', '__proto__', 'constructor', 'emqx%5frecon', '..%2femqx_recon', '%2e%2e'])(
    'a plugin called %s is not found',
    async (name) => {
      for (const deed of ['load', 'unload', 'reload']) expect(await put(onNode(name, deed))).toEqual(NOT_FOUND);
      for (const deed of ['unload', 'reload']) expect(await put(`/plugins/${name}/${deed}`)).toEqual(NOT_FOUND);
    },
  );

  test('a node that is unknown is not found', async () => {
    for (const deed of ['load', 'unload', 'reload']) {
      expect(await put(`/nodes/nowhere@127.0.0.1/plugins/emqx_recon/${deed}`)).toEqual(NOT_FOUND);
    }
  });

  test.runIf(has(profile, '3.1'))('reload loads a plugin anew, and one that is not active, too', async () => {
    const loadedAt = async () =>
      (await gateway.gateway.domain.plugins(null)).find(({ name }) => name === 'emqx_recon')?.loadedAt;
    const before = await loadedAt();
    expect(await put(onNode('emqx_recon', 'reload'))).toEqual(done(profile));
    expect(await loadedAt()).toBeGreaterThanOrEqual(before ?? 0);
    expect(await put(onNode('emqx_gate', 'reload'))).toEqual(done(profile));
    await expect(gateway.connect()).rejects.toMatchObject({ code: 5 });
    expect(await put(onNode('emqx_gate', 'unload'))).toEqual(done(profile));
  });

  test.runIf(!has(profile, '3.1'))('reload is not there', async () => {
    expect(await put(onNode('emqx_recon', 'reload'))).toEqual(NOT_FOUND);
  });

  test.runIf(has(profile, '3.2'))('PUT /plugins/:plugin/reload and unload do it on all nodes', async () => {
    expect(await put('/plugins/emqx_gate/unload')).toEqual(refusedByDashboard(profile, 'not_started'));
    expect(await put('/plugins/emqx_gate/reload')).toEqual(done(profile));
    await expect(gateway.connect()).rejects.toMatchObject({ code: 5 });
    expect(await put('/plugins/emqx_gate/unload')).toEqual(done(profile));
    await (await gateway.connect()).endAsync();
    expect(await put('/plugins/emqx_gate/load')).toEqual(NOT_FOUND);
  });

  test.runIf(!has(profile, '3.2'))('PUT /plugins/:plugin/reload and unload are not there', async () => {
    for (const deed of ['unload', 'reload']) expect(await put(`/plugins/emqx_recon/${deed}`)).toEqual(NOT_FOUND);
  });
});
