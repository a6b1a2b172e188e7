import { authClientId, authUsername } from './auth-credential/index.ts';
import { authJwt } from './auth-jwt/auth-jwt.ts';
import { dashboard, management } from './management.ts';
import type { Plugin } from './plugin.ts';
import { retainer } from './retainer/retainer.ts';

/** Every plugin that can be loaded. */
export const shippedPlugins: readonly Plugin[] = [authClientId, authJwt, authUsername, dashboard, management, retainer];
