import { originOf } from '../parse-config.ts';
import { type Config, settings } from '../settings.ts';
import type { HotSettings } from './hot-settings.ts';

/**
 * Lists every setting of the program but those of plugins. Answers the configuration with overrides in it, of which each
 * setting has to be read when it is needed.
 */
export function registerConfig(hot: HotSettings, config: Config): Config {
  const { given } = originOf(config);
  const { http, rest, app, dashboard, admin, auth, ...emqx } = settings;
  return {
    ...hot.register({ app: 'emqx', table: emqx, given }),
    ...hot.register({ app: 'emqx_management', table: { http, rest, app }, given }),
    ...hot.register({ app: 'emqx_dashboard', table: { dashboard, admin, auth }, given }),
  };
}
