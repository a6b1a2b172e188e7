import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Plugin, PluginInstance } from '../../src/plugins/plugin.ts';
import { interposeStore } from '../broker/store-faults.ts';
import { eventually } from '../support/gateway.ts';
import { deferred, fake, refusalOf } from './support/fakes.ts';
import { openPluginHouse, type PluginHouse, type PluginHouseOptions } from './support/house.ts';

let house: PluginHouse;
const start = async (
  plugins: readonly Plugin[],
  options: Omit<PluginHouseOptions, 'plugins'> = {},
): Promise<PluginHouse> => {
  house = await openPluginHouse({ plugins, ...options });
  return house;
};

afterEach(() => house.close());

const state = (name: string) => {
  const { active, failure } = house.host.get(name) ?? {};
  return { active, failure };
};
const ACTIVE = { active: true, failure: null };
const INACTIVE = { active: false, failure: null };

/** A plugin that notes what becomes of its instances, numbered from 1. */
function noted(deeds: string[], more: Parameters<typeof fake>[2] = {}) {
  let count = 0;
  return fake(
    'noted',
    () => {
      const number = ++count;
      deeds.push(`load ${number}`);
      return { start: () => void deeds.push(`start ${number}`), unload: () => void deeds.push(`unload ${number}`) };
    },
    more,
  );
}

describe('a plugin', () => {
  test('is loaded, loaded anew and unloaded; a new instance starts when the old one has left', async () => {
    const deeds: string[] = [];
    const { host } = await start([noted(deeds)]);
    const changed: string[] = [];
    host.changed.listen(({ name, active }) => changed.push(`${name} ${active}`));
    expect(host.list()).toEqual([
      {
        name: 'noted',
        version: '1.2.3',
        description: 'A plugin of the tests',
        type: 'feature',
        active: false,
        isPermanent: false,
        failure: null,
        loadedAt: null,
        figures: [],
      },
    ]);
    expect(await host.load('noted')).toMatchObject({ active: true, loadedAt: expect.any(Number) });
    expect(await host.reload('noted')).toMatchObject(ACTIVE);
    expect(await host.unload('noted')).toMatchObject({ active: false, loadedAt: null });
    expect(deeds).toEqual(['load 1', 'start 1', 'load 2', 'unload 1', 'start 2', 'unload 2']);
    expect(changed).toEqual(['noted true', 'noted true', 'noted false']);
  });

  test('is loaded by a reload when it is not active', async () => {
    const deeds: string[] = [];
    const { host } = await start([noted(deeds)]);
    expect(await host.reload('noted')).toMatchObject(ACTIVE);
    expect(deeds).toEqual(['load 1', 'start 1']);
  });

  test('gets other settings as a new instance; one that is not active is passed over', async () => {
    const seen: unknown[] = [];
    const plugin = fake('configured', (settings) => {
      seen.push(settings);
      return {};
    });
    const { host } = await start([plugin], { settingsOf: () => ({ size: 1 }) });
    await host.reconfigure('configured', { size: 2 });
    await host.load('configured');
    await host.reconfigure('configured', { size: 3 });
    expect(seen).toEqual([{ size: 1 }, { size: 3 }]);
  });

  test.each(['__proto__', 'constructor', '', '../host', 'x'.repeat(300)])('called %j is unknown', async (name) => {
    const { host } = await start([fake('known', () => ({}))]);
    const shown = name.length > 200 ? `${'x'.repeat(200)}…` : name;
    for (const deed of ['load', 'unload', 'reload'] as const) {
      expect(await refusalOf(host[deed](name))).toBe(`NOT_FOUND plugin '${shown}' is unknown`);
    }
    expect(host.get(name)).toBeNull();
  });

  test('is not loaded twice, and not unloaded when it is not active', async () => {
    const { host } = await start([fake('known', () => ({}))]);
    expect(await refusalOf(host.unload('known'))).toBe("NOT_STARTED plugin 'known' is not active");
    await host.load('known');
    expect(await refusalOf(host.load('known'))).toBe("ALREADY_STARTED plugin 'known' is active already");
  });

  test('that is permanent is not unloaded', async () => {
    const { host } = await start([fake('door', () => ({}), { isPermanent: true, isActiveAtFirst: true })]);
    expect(await refusalOf(host.unload('door'))).toBe(
      "PROTECTED plugin 'door' cannot be unloaded: without it nobody could load it again",
    );
    expect(state('door')).toEqual(ACTIVE);
  });
});

describe('a plugin that cannot be loaded', () => {
  const REASON = "PLUGIN_FAILED plugin 'broken' could not be loaded: its file is not there";

  test.each([
    [
      'throws',
      () => {
        throw new Error('its file is not there');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('its file is not there');
      },
    ],
  ])('because it %s stays inactive, raises an alarm and tells why; a later load clears it', async (_how, fail) => {
    let isBroken = true;
    const plugin = fake('broken', (): PluginInstance | Promise<PluginInstance> => (isBroken ? fail() : {}));
    const { host, alarms } = await start([plugin]);
    expect(await refusalOf(host.load('broken'))).toBe(REASON);
    expect(state('broken')).toEqual({ active: false, failure: 'its file is not there' });
    expect([...alarms.values()]).toEqual([
      {
        id: 'plugin_failed:broken',
        severity: 'error',
        title: 'Plugin failed',
        summary: "plugin 'broken' could not be loaded: its file is not there",
      },
    ]);
    isBroken = false;
    await host.load('broken');
    expect(state('broken')).toEqual(ACTIVE);
    expect([...alarms]).toEqual([]);
  });

  test('anew goes on as it was, at a reload as with other settings', async () => {
    const deeds: string[] = [];
    let isBroken = false;
    const plugin = fake('broken', () => {
      if (isBroken) throw new Error('its file is not there');
      return { unload: () => void deeds.push('unload') };
    });
    const { host, alarms } = await start([plugin]);
    const { loadedAt } = await host.load('broken');
    isBroken = true;
    expect(await refusalOf(host.reload('broken'))).toBe(REASON);
    expect(await refusalOf(host.reconfigure('broken', {}))).toBe(REASON);
    expect(host.get('broken')).toMatchObject({ active: true, failure: 'its file is not there', loadedAt });
    expect(alarms.has('plugin_failed:broken')).toBe(true);
    expect(deeds).toEqual([]);
    isBroken = false;
    await host.reload('broken');
    expect(state('broken')).toEqual(ACTIVE);
    expect(alarms.has('plugin_failed:broken')).toBe(false);
  });

  test('in time is given up, and unloaded when it is ready after all', async () => {
    const slow = deferred<PluginInstance>();
    const unloaded = deferred<void>();
    const { host, alarms } = await start([fake('slow', () => slow.promise)], { deadline: 0.02 });
    const late = 'it was not ready within 0.02 seconds';
    expect(await refusalOf(host.load('slow'))).toBe(`PLUGIN_FAILED plugin 'slow' could not be loaded: ${late}`);
    expect(state('slow')).toEqual({ active: false, failure: late });
    expect(alarms.has('plugin_failed:slow')).toBe(true);
    slow.resolve({ unload: () => unloaded.resolve() });
    await unloaded.promise;
    expect(state('slow')).toEqual({ active: false, failure: late });
  });

  test('because it throws when it is taken into use is unloaded, and not tried at the next start', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
    const deeds: string[] = [];
    const plugin = fake('broken', () => ({
      start() {
        deeds.push('start');
        throw new Error('its file is not there');
      },
      unload: () => void deeds.push('unload'),
    }));
    const { host, alarms } = await start([plugin], { folder });
    expect(await refusalOf(host.load('broken'))).toBe(REASON);
    expect(state('broken')).toEqual({ active: false, failure: 'its file is not there' });
    expect(alarms.has('plugin_failed:broken')).toBe(true);
    expect(deeds).toEqual(['start', 'unload']);
    await house.close();
    await start([plugin], { folder });
    expect(deeds).toEqual(['start', 'unload']);
    expect(state('broken')).toEqual(INACTIVE);
    rmSync(folder, { recursive: true });
  });
});

describe('a plugin that judges clients', () => {
  test('and fails when it is taken into use anew lets nobody in, from that moment on', async () => {
    let isBroken = false;
    const leaving = deferred<void>();
    const judge = fake(
      'judge',
      () => ({
        start() {
          if (isBroken) throw new Error('its file is not there');
        },
        unload: () => leaving.promise,
      }),
      { type: 'auth' },
    );
    const { host, wire } = await start([judge]);
    await host.load('judge');
    await wire();
    isBroken = true;
    const refused = refusalOf(host.reload('judge'));
    await eventually(() => !host.get('judge')?.active, 'the end of both instances');
    await expect(wire({ clientId: 'other' })).rejects.toThrow('refused with 5');
    leaving.resolve();
    expect(await refused).toBe("PLUGIN_FAILED plugin 'judge' could not be loaded: its file is not there");
    await expect(wire({ clientId: 'other' })).rejects.toThrow('refused with 5');
  });
});

describe('of two who change a plugin at once', () => {
  test('one is told, whatever they want; another plugin is free', async () => {
    const slow = deferred<PluginInstance>();
    const { host } = await start([fake('slow', () => slow.promise), fake('other', () => ({}))]);
    const first = host.load('slow');
    expect(await refusalOf(host.load('slow'))).toBe(
      "ALREADY_STARTED plugin 'slow' is being loaded or unloaded already",
    );
    expect(await refusalOf(host.reload('slow'))).toBe(
      "ALREADY_STARTED plugin 'slow' is being loaded or unloaded already",
    );
    expect(await refusalOf(host.unload('slow'))).toBe("NOT_STARTED plugin 'slow' is being loaded or unloaded already");
    expect(await host.load('other')).toMatchObject(ACTIVE);
    slow.resolve({});
    expect(await first).toMatchObject(ACTIVE);
    expect(state('slow')).toEqual(ACTIVE);
  });

  test('settings wait for what is under way, and come in their order', async () => {
    const loads: unknown[] = [];
    let gate = deferred<void>();
    const plugin = fake('slow', async (settings) => {
      loads.push(settings.size);
      await gate.promise;
      return {};
    });
    const { host } = await start([plugin], { settingsOf: () => ({ size: 0 }) });
    const changes = [host.load('slow'), host.reconfigure('slow', { size: 1 }), host.reconfigure('slow', { size: 2 })];
    expect(loads).toEqual([0]);
    gate.resolve();
    gate = deferred();
    gate.resolve();
    await Promise.all(changes);
    expect(loads).toEqual([0, 1, 2]);
  });
});

describe('a plugin that is unloaded', () => {
  test.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
      'no',
    ],
    ['rejects', () => Promise.reject(new Error('no')), 'no'],
    ['never ends', () => new Promise<void>(() => {}), 'it did not leave within 0.02 seconds'],
  ])('and %s is off all the same; it is logged, and the plugin can be loaded again', async (_how, unload, message) => {
    const { host, alarms, logged } = await start([fake('bad', () => ({ unload }))], { deadline: 0.02 });
    await host.load('bad');
    expect(await host.unload('bad')).toMatchObject(INACTIVE);
    expect([...alarms]).toEqual([]);
    expect(logged).toMatchObject([{ plugin: 'bad', msg: 'unloading a plugin failed', err: { message } }]);
    expect(await host.load('bad')).toMatchObject(ACTIVE);
  });
});

describe('over a restart', () => {
  test('what was loaded is loaded, what was unloaded is not, and the rest is as at first', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
    const plugins = ['loaded', 'never'].map((name) => fake(name, () => ({})));
    plugins.push(...['unloaded', 'first'].map((name) => fake(name, () => ({}), { isActiveAtFirst: true })));
    const actives = () => house.host.list().flatMap(({ name, active }) => (active ? [name] : []));
    const { host } = await start(plugins, { folder });
    expect(actives()).toEqual(['first', 'unloaded']);
    await host.load('loaded');
    await host.unload('unloaded');
    await house.close();
    await start(plugins, { folder });
    expect(actives()).toEqual(['first', 'loaded']);
    await house.close();
    // What is shipped no longer, and what is new.
    await start([fake('new', () => ({}), { isActiveAtFirst: true }), ...plugins.slice(1)], { folder });
    expect(actives()).toEqual(['first', 'new']);
    rmSync(folder, { recursive: true });
  });

  test('one that failed to load is tried again, and its failure does not keep the others from the start', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
    let isBroken = false;
    const plugins = [
      fake('broken', () => {
        if (isBroken) throw new Error('its file is not there');
        return {};
      }),
      fake('sound', () => ({})),
    ];
    const { host } = await start(plugins, { folder });
    await host.load('broken');
    await host.load('sound');
    await house.close();
    isBroken = true;
    const { alarms } = await start(plugins, { folder });
    expect([state('broken'), state('sound')]).toEqual([{ active: false, failure: 'its file is not there' }, ACTIVE]);
    expect(alarms.has('plugin_failed:broken')).toBe(true);
    await house.close();
    isBroken = false;
    await start(plugins, { folder });
    expect([state('broken'), state('sound')]).toEqual([ACTIVE, ACTIVE]);
    rmSync(folder, { recursive: true });
  });
});

describe('while the store takes no writes', () => {
  const REFUSED = 'UNAVAILABLE the store takes no writes; try again later';

  test('nothing is loaded or unloaded, and what is active is loaded anew', async () => {
    const deeds: string[] = [];
    const { host, folder: dataDir } = await start([noted(deeds), fake('other', () => ({}))]);
    await host.load('other');
    const store = interposeStore(dataDir);
    const heal = store.fail();
    expect(await refusalOf(host.load('noted'))).toBe(REFUSED);
    expect(state('noted')).toEqual(INACTIVE);
    expect(await refusalOf(host.unload('other'))).toBe(REFUSED);
    expect(state('other')).toEqual(ACTIVE);
    expect(await host.reload('other')).toMatchObject(ACTIVE);
    // It was ready, and has never been in use.
    expect(deeds).toEqual(['load 1', 'unload 1']);
    heal();
    store.restore();
  });
});

describe('at the end', () => {
  test('a load that hangs is given up, and what is active is unloaded whole', async () => {
    const deeds: string[] = [];
    const hanging = fake('hanging', () => new Promise<PluginInstance>(() => {}));
    const active = fake('active', () => ({
      async unload() {
        await new Promise((resolve) => setImmediate(resolve));
        deeds.push('unloaded');
      },
    }));
    const { host } = await start([hanging, active]);
    await host.load('active');
    const refused = refusalOf(host.load('hanging'));
    await host.close();
    expect(deeds).toEqual(['unloaded']);
    expect(await refused).toBe("PLUGIN_FAILED plugin 'hanging' could not be loaded: the broker stops");
  });
});
