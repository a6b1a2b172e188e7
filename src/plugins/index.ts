import type { Credentials } from './auth-credential/credentials.ts';
import { credentialPlugins } from './auth-credential/index.ts';
import { dashboard, management } from './management.ts';
import type { Plugin } from './plugin.ts';

/** What plugins work with that somebody else works with, too. */
export interface PluginParts {
  readonly credentials: Credentials;
}

/** Every plugin that can be loaded. */
export const shippedPlugins = ({ credentials }: PluginParts): readonly Plugin[] => [
  dashboard,
  management,
  ...credentialPlugins(credentials),
];
