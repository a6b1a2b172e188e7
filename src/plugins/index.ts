import { dashboard, management } from './management.ts';
import type { Plugin } from './plugin.ts';

/** Every plugin that can be loaded. */
export const shippedPlugins: readonly Plugin[] = [dashboard, management];
