import { originOf } from '../parse-config.ts';
import { type Config, settings } from '../settings.ts';
import type { HotSettings } from './hot-settings.ts';

const { http, rest, app, dashboard, admin, auth, ...emqx } = settings;

/** The settings of the program by the app that they belong to, all but those of plugins. */
export const configTables = {
  emqx,
  emqx_management: { http, rest, app },
  emqx_dashboard: { dashboard, admin, auth },
};

/**
 * Lists every setting of the program but those of plugins. Answers the configuration with overrides in it, of which each
 * setting has to be read when it is needed.
 */
export function registerConfig(hot: HotSettings, config: Config): Config {
  const { given } = originOf(config);
  return {
    ...hot.register({ app: 'emqx', table: configTables.emqx, given }),
    ...hot.register({ app: 'emqx_management', table: configTables.emqx_management, given }),
    ...hot.register({ app: 'emqx_dashboard', table: configTables.emqx_dashboard, given }),
  };
}
