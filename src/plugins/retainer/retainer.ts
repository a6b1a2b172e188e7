import { version } from '../../package.ts';
import { plugin } from '../plugin.ts';
import { ExpirySweep } from './expiry-sweep.ts';
import { retainerSettings } from './settings.ts';

/** Retained messages: without it none is kept, and none is sent to subscribers. What was kept is there again with it. */
export const retainer = plugin({
  name: 'emqx_retainer',
  version,
  description: 'Retained messages, with limits and expiry',
  type: 'feature',
  settings: retainerSettings,
  order: 0,
  isActiveAtFirst: true,
  isPermanent: false,
  load({ broker: { retained }, settings: { maxMessages, maxPayload, expiryInterval } }) {
    const limits = { maxCount: maxMessages, maxPayload, expiryInterval };
    const sweep = new ExpirySweep(retained);
    return {
      start() {
        retained.limits = limits;
        if (expiryInterval > 0) sweep.start();
      },
      unload() {
        retained.limits = null;
        sweep.stop();
      },
    };
  },
});
