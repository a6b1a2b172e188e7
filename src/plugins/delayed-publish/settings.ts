import { setting } from '../../config/setting.ts';
import * as types from '../../config/setting-types.ts';

export const delayedPublishSettings = {
  maxMessages: setting({
    path: 'delayed.max_delayed_messages',
    env: null,
    flag: null,
    type: types.whole(0, types.FOUR_BYTES, 'messages'),
    default: 100_000,
    description: 'Most messages that wait to be published; 0 sets no limit.',
    effect: 'Its next message that would be too much is acknowledged and dropped; none that waits is.',
  }),
  maxBytes: setting({
    path: 'delayed.max_delayed_bytes',
    env: null,
    flag: null,
    type: types.whole(0, Number.MAX_SAFE_INTEGER, 'bytes'),
    default: 64 * 1024 * 1024,
    description:
      'Most bytes of messages that wait to be published: topics, payloads, and the client ids and user names of their publishers; 0 sets no limit.',
    effect: 'Its next message that would be too much is acknowledged and dropped; none that waits is.',
  }),
};
