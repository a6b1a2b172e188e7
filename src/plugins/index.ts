import type { SettingGroup } from '../config/setting.ts';
import { aclInternal } from './acl-internal/acl-internal.ts';
import { authClientId, authUsername } from './auth-credential/index.ts';
import { authHttp } from './auth-http/auth-http.ts';
import { authJwt } from './auth-jwt/auth-jwt.ts';
import { delayedPublish } from './delayed-publish/delayed-publish.ts';
import type { NodeFigures } from './figures.ts';
import { dashboard, management } from './management.ts';
import type { Offer } from './offer.ts';
import type { Plugin } from './plugin.ts';
import { prometheus, type Scrape } from './prometheus/prometheus.ts';
import { type ReadDiagnostics, recon } from './recon/recon.ts';
import { retainer } from './retainer/retainer.ts';
import { statsd } from './statsd/statsd.ts';
import { webHook } from './web-hook/web-hook.ts';

/** What plugins work with that somebody else works with, too. */
export interface PluginParts {
  readonly figures: NodeFigures;
  readonly diagnostics: Offer<ReadDiagnostics>;
  readonly scrape: Offer<Scrape>;
}

/** Every plugin that can be loaded. */
export const shippedPlugins = ({ figures, diagnostics, scrape }: PluginParts): readonly Plugin[] => [
  aclInternal,
  authClientId,
  authHttp,
  authJwt,
  authUsername,
  dashboard,
  delayedPublish,
  management,
  retainer,
  recon(diagnostics),
  prometheus(figures, scrape),
  statsd(figures),
  webHook,
];

/** The settings of plugins, by the names of these. */
export const tablesOf = (plugins: readonly Plugin[]): ReadonlyMap<string, SettingGroup> =>
  new Map(plugins.map(({ name, settings }) => [name, settings]));

/** The settings of every plugin that is shipped, where none of them is to be loaded. */
export const shippedTables = (): ReadonlyMap<string, SettingGroup> => tablesOf(shippedPlugins({} as PluginParts));
