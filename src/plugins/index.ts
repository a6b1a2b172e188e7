import { aclInternal } from './acl-internal/acl-internal.ts';
import { authHttp } from './auth-http/auth-http.ts';
import { dashboard, management } from './management.ts';
import type { Plugin } from './plugin.ts';
import { retainer } from './retainer/retainer.ts';

/** Every plugin that can be loaded. */
export const shippedPlugins: readonly Plugin[] = [aclInternal, authHttp, dashboard, management, retainer];
