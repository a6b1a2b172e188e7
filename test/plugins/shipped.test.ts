import { expect, test } from 'vitest';
import { rowsOf } from '../../src/config/setting.ts';
import { type PluginParts, shippedPlugins } from '../../src/plugins/index.ts';

/** A plugin is named and described before it works with anything. */
const plugins = shippedPlugins({} as PluginParts);

test('those of the doors, the retained messages and recon are active at first', () => {
  const active = plugins.filter(({ isActiveAtFirst }) => isActiveAtFirst).map(({ name }) => name);
  expect(active.sort()).toEqual(['emqx_dashboard', 'emqx_management', 'emqx_recon', 'emqx_retainer']);
});

test('no two settings of plugins have the same key', () => {
  const keys = plugins.flatMap(({ settings }) => rowsOf(settings).map(({ path }) => path));
  expect(keys.length).toBe(new Set(keys).size);
});
