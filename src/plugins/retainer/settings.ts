import { setting } from '../../config/setting.ts';
import * as types from '../../config/setting-types.ts';

/** Settings of retained messages, by the keys of EMQ X 3. */
export const retainerSettings = {
  maxMessages: setting({
    path: 'retainer.max_retained_messages',
    env: null,
    flag: null,
    type: types.whole(0, types.FOUR_BYTES, 'messages'),
    default: 1_000_000,
    description: 'Most retained messages; 0 sets no limit.',
    effect: 'A retained message beyond the limit is passed on, and not kept. What is kept stays.',
  }),
  maxPayload: setting({
    path: 'retainer.max_payload_size',
    env: null,
    flag: null,
    type: types.whole(0, 268_435_455, 'bytes'),
    default: 1_048_576,
    description: 'Largest payload of a retained message; 0 sets no limit.',
    effect: 'A larger retained message is passed on, and not kept. What is kept stays.',
  }),
  expiryInterval: setting({
    path: 'retainer.expiry_interval',
    env: null,
    flag: null,
    type: types.whole(0, types.FOUR_BYTES, 'seconds'),
    default: 0,
    description: 'How long a message is retained, also while no broker runs; 0 is for ever.',
    effect: 'Its next subscriptions bring no message that is older.',
  }),
};
