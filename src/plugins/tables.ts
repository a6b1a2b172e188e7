import type { SettingGroup } from '../config/setting.ts';
import { shippedPlugins } from './index.ts';

/** The settings of every plugin that is shipped, by its name. */
export const pluginTables: ReadonlyMap<string, SettingGroup> = new Map(
  shippedPlugins.map(({ name, settings }) => [name, settings]),
);
