import type { SettingGroup } from '../config/setting.ts';
import { retainerSettings } from './retainer/settings.ts';
import { statsdSettings } from './statsd/settings.ts';

/** The settings of every plugin that is shipped, by its name: a configuration is checked before there is any plugin. */
export const pluginTables: ReadonlyMap<string, SettingGroup> = new Map<string, SettingGroup>([
  ['emqx_dashboard', {}],
  ['emqx_management', {}],
  ['emqx_prometheus', {}],
  ['emqx_recon', {}],
  ['emqx_retainer', retainerSettings],
  ['emqx_statsd', statsdSettings],
]);
