import { z } from 'zod';
import { isFilter } from '../../broker/topic-filter.ts';
import { optional, setting } from '../../config/setting.ts';
import * as types from '../../config/setting-types.ts';
import { parseHeader } from './headers.ts';

/** What can be told, by the names of the hooks of EMQ X 3. */
export const eventNames = [
  'client.connected',
  'client.connack',
  'client.disconnected',
  'client.subscribe',
  'client.unsubscribe',
  'session.created',
  'session.subscribed',
  'session.unsubscribed',
  'session.terminated',
  'message.publish',
  'message.deliver',
  'message.acked',
] as const;

export type EventName = (typeof eventNames)[number];

const row = { env: null, flag: null };

const url = z
  .string()
  .refine((text) => {
    const parsed = URL.canParse(text) ? new URL(text) : null;
    return parsed !== null && /^https?:$/.test(parsed.protocol) && `${parsed.username}${parsed.password}` === '';
  })
  .describe('an http or https address without credentials, such as http://127.0.0.1:8000/events');

const events = z
  .array(z.enum(eventNames))
  .readonly()
  .describe(`a list of ${eventNames.join(', ')}`);

const topics = z
  .array(z.string().refine((text) => text !== '' && isFilter(text)))
  .readonly()
  .describe('a list of topic filters');

const headers = z
  .array(z.string().refine((text) => parseHeader(text) !== null))
  .readonly()
  .describe('a list of headers, such as "X-Tenant: 7", none of which the hook sets itself');

/** Settings of the web hook, by the keys of EMQ X 3 where it has them. */
export const webHookSettings = {
  url: optional({
    ...row,
    path: 'web.hook.api.url',
    type: url,
    description: 'Where events are sent to.',
  }),
  events: setting({
    ...row,
    path: 'web.hook.events',
    type: events,
    default: eventNames,
    description: 'What is told.',
  }),
  topics: setting({
    ...row,
    path: 'web.hook.topics',
    type: topics,
    default: ['#'],
    description: 'Topic filters: message events are told of messages whose topic one of them matches.',
  }),
  encodePayload: setting({
    ...row,
    path: 'web.hook.encode_payload',
    type: types.oneOf(['plain', 'base64']),
    default: 'plain',
    description: 'How payloads are written; plain ones that are no UTF-8 are base64, too, and say so.',
  }),
  headers: setting({
    ...row,
    path: 'web.hook.headers',
    type: headers,
    default: [],
    secret: true,
    description: 'Headers of every request, such as "Authorization: Bearer" and a token.',
  }),
  secret: optional({
    ...row,
    path: 'web.hook.secret',
    type: types.secretText,
    secret: true,
    description: 'What every request is signed with; none is without it.',
  }),
  batchSize: setting({
    ...row,
    path: 'web.hook.batch_size',
    type: types.whole(1, 1000, 'events'),
    default: 1,
    description: 'Most events of one request. 1 sends each as an object, as EMQ X 3 does; above, requests are lists.',
  }),
  maxQueueLen: setting({
    ...row,
    path: 'web.hook.max_queue_len',
    type: types.whole(1, 1_000_000, 'events'),
    default: 10_000,
    description: 'Most events that wait; of more, the oldest are dropped.',
  }),
  maxQueueBytes: setting({
    ...row,
    path: 'web.hook.max_queue_bytes',
    type: types.whole(1024, Number.MAX_SAFE_INTEGER, 'bytes'),
    default: 64 * 1024 * 1024,
    description: 'Most bytes of events that wait; of more, the oldest are dropped, and an event that alone has more.',
  }),
  requestTimeout: setting({
    ...row,
    path: 'web.hook.request_timeout',
    type: types.whole(1, 300, 'seconds'),
    default: 5,
    description: 'How long the server may take for its answer.',
  }),
  retryBackoff: setting({
    ...row,
    path: 'web.hook.retry_backoff',
    type: types.whole(10, 3_600_000, 'milliseconds'),
    default: 1000,
    description: 'How long is waited after a request that failed; twice as long after each further one.',
  }),
  maxRetryBackoff: setting({
    ...row,
    path: 'web.hook.max_retry_backoff',
    type: types.whole(10, 3_600_000, 'milliseconds'),
    default: 30_000,
    description: 'How long is waited at most.',
  }),
  grace: setting({
    ...row,
    path: 'web.hook.grace',
    type: types.whole(0, 20, 'seconds'),
    default: 3,
    description:
      'How long is tried to send what waits, the request under way included, when the hook is unloaded, or the program ends.',
  }),
  ca: optional({
    ...row,
    path: 'web.hook.ssl.cacertfile',
    type: types.file,
    description: 'PEM file of the authorities that vouch for the server, in place of the well-known ones.',
  }),
  allowLinkLocal: setting({
    ...row,
    path: 'web.hook.allow_link_local',
    type: types.onOff,
    default: 'off',
    description: 'Whether a server at a link-local address is called, such as the metadata service of a cloud.',
  }),
};
