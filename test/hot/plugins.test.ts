import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Hooks } from '../../src/broker/hooks.ts';
import { HotSettings } from '../../src/config/hot/hot-settings.ts';
import { setting, type Values } from '../../src/config/setting.ts';
import * as types from '../../src/config/setting-types.ts';
import { createLog } from '../../src/log.ts';
import { PluginHost } from '../../src/plugins/host.ts';
import { plugin } from '../../src/plugins/plugin.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { connectWire, type Wire } from '../broker/wire.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const table = {
  filter: setting({
    path: 'closed.filter',
    env: null,
    flag: null,
    type: types.secretText,
    default: 'closed',
    description: 'The filter that nobody may subscribe to.',
  }),
};

/** A plugin that closes one topic filter, and cannot be loaded with the filter `broken`. */
const closing = plugin({
  name: 'closing',
  version: '1.0.0',
  description: 'Closes a topic filter',
  type: 'auth',
  settings: table,
  order: 1,
  isActiveAtFirst: true,
  isPermanent: false,
  load: ({ settings: { filter } }: { settings: Values<typeof table> }) => {
    if (filter === 'broken') throw new Error('it is broken');
    const hooks: Hooks = { authorizeSubscribe: (_, asked) => (asked === filter ? 'deny' : 'ignore') };
    return { hooks };
  },
});

/** A plugin that is never ready with the filter `slow`; tells when it begins to wait. */
const hanging = (onWait: () => void) =>
  plugin({
    ...closing,
    name: 'hanging',
    settings: table,
    load: ({ settings: { filter } }: { settings: Values<typeof table> }) => {
      if (filter !== 'slow') return {};
      onWait();
      return new Promise<never>(() => {});
    },
  });

let gateway: TestGateway;
let wire: Wire;
let folder: string;
let store: Store;

/** Settings and plugins as a process finds them when it starts. */
async function start(): Promise<{ hot: HotSettings; plugins: PluginHost }> {
  const hot = await HotSettings.open(store, { onPassedOver: () => {}, onFault: () => {} });
  const plugins = new PluginHost({
    plugins: [closing],
    broker: gateway.gateway.broker,
    limits: { hookFailure: 'deny' },
    store,
    alarms: { raise: () => {}, clear: () => {} },
    log: createLog('silent'),
    nodeName: 'a@b',
    dataDir: folder,
    settingsOf: ({ name }) => hot.valuesOf(name),
  });
  hot.register({ app: 'closing', table, given: new Map(), apply: (values) => plugins.reconfigure('closing', values) });
  await plugins.start();
  return { hot, plugins };
}

beforeEach(async () => {
  gateway = await startGateway();
  wire = await connectWire(gateway);
  folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
  store = await openStore(folder);
});

afterEach(async () => {
  await gateway.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const change = (hot: HotSettings, value: string) =>
  hot.change({ app: 'closing', replace: [{ key: 'closed.filter', value }] }, null);

const closed = async (): Promise<readonly string[]> => {
  const filters = ['closed', 'one', 'two'];
  const codes = await wire.subscribe(...filters.map((filter) => [filter, 0] as const));
  return filters.filter((_, i) => codes[i] === 128);
};

describe('the settings of a plugin', () => {
  test('are those that it works with at once, and after a restart', async () => {
    const { hot, plugins } = await start();
    expect(await closed()).toEqual(['closed']);
    await change(hot, 'one');
    expect(await closed()).toEqual(['one']);
    await plugins.close();
    const later = await start();
    expect(await closed()).toEqual(['one']);
    await later.plugins.close();
  });

  test('stay what they are when it cannot be loaded with others', async () => {
    const { hot, plugins } = await start();
    await change(hot, 'one');
    await expect(change(hot, 'broken')).rejects.toMatchObject({
      code: 'PLUGIN_FAILED',
      message: "plugin 'closing' could not be loaded: it is broken",
    });
    expect(await closed()).toEqual(['one']);
    expect(hot.list('closing')).toMatchObject([{ value: 'one', source: 'OVERRIDE' }]);
    expect(plugins.list()).toMatchObject([{ active: true }]);
    await plugins.close();
  });

  test('are kept for when it is loaded', async () => {
    const { hot, plugins } = await start();
    await plugins.unload('closing');
    await change(hot, 'two');
    expect(await closed()).toEqual([]);
    await plugins.load('closing');
    expect(await closed()).toEqual(['two']);
    await plugins.close();
  });

  test('are the new ones for whoever loads it while they change', async () => {
    const { hot, plugins } = await start();
    await plugins.unload('closing');
    const changed = change(hot, 'two');
    await Promise.all([changed, plugins.load('closing')]);
    expect(await closed()).toEqual(['two']);
    await plugins.close();
  });
});

describe('a change that a plugin is not ready for', () => {
  test('does not hold up the end of the broker, and nor does one behind it; the next start has neither', async () => {
    let begin = (): void => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const first = await startGateway('', {}, join(folder, 'data'), [], [hanging(begin)]);
    const asked = first.rest('/configs/hanging', { method: 'PUT', body: { key: 'closed.filter', value: 'slow' } });
    await begun;
    const { hot } = first.gateway;
    const behind = ['one', 'slow'].map((value) =>
      hot.change({ app: 'hanging', set: [{ key: 'closed.filter', value }] }, null).catch(({ message }) => message),
    );
    await first.close();
    const message = "plugin 'hanging' could not be loaded: the broker stops";
    expect((await asked).json).toEqual({ message });
    expect(await Promise.all(behind)).toEqual([message, message]);

    const next = await startGateway('', {}, join(folder, 'data'), [], [hanging(begin)]);
    expect(next.gateway.hot.valuesOf('hanging')).toEqual({ filter: 'closed' });
    expect(await next.gateway.domain.alarms(null)).toEqual([]);
    await next.close();
  });
});
