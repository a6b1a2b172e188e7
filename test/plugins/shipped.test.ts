import { expect, test } from 'vitest';
import { rowsOf } from '../../src/config/setting.ts';
import { type PluginParts, shippedPlugins } from '../../src/plugins/index.ts';
import { pluginTables } from '../../src/plugins/tables.ts';

/** A plugin is named and described before it works with anything. */
const plugins = shippedPlugins({} as PluginParts);

test('each plugin that is shipped has its settings in the tables that a configuration is checked with', () => {
  const byName = (a: readonly [string, unknown], b: readonly [string, unknown]): number => (a[0] < b[0] ? -1 : 1);
  expect(plugins.map(({ name, settings }) => [name, settings] as const).sort(byName)).toEqual(
    [...pluginTables].sort(byName),
  );
});

test('those of the doors, the retained messages and recon are active at first', () => {
  const active = plugins.filter(({ isActiveAtFirst }) => isActiveAtFirst).map(({ name }) => name);
  expect(active.sort()).toEqual(['emqx_dashboard', 'emqx_management', 'emqx_recon', 'emqx_retainer']);
});

test('no two settings of plugins have the same key', () => {
  const keys = plugins.flatMap(({ settings }) => rowsOf(settings).map(({ path }) => path));
  expect(keys.length).toBe(new Set(keys).size);
});
