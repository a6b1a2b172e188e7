import { version } from '../../package.ts';
import { plugin } from '../plugin.ts';
import { delayedPublishSettings } from './settings.ts';

/**
 * Messages to `$delayed/<seconds>/<topic>` are published to the topic when so many seconds have passed. Without it they
 * are published at once, under the topic as it is written, and those that wait do so until it is loaded again.
 */
export const delayedPublish = plugin({
  name: 'emqx_delayed_publish',
  version,
  description: 'Messages to $delayed/<seconds>/<topic> are published later',
  type: 'feature',
  settings: delayedPublishSettings,
  order: 0,
  isActiveAtFirst: false,
  isPermanent: false,
  load: ({ broker: { delayed }, settings: { maxMessages, maxBytes } }) => ({
    start() {
      delayed.limits = { maxCount: maxMessages, maxBytes };
    },
    unload() {
      delayed.limits = null;
    },
  }),
});
