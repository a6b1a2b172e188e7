import { BrokerError, badInput, limitExceeded, shown, wildcardTopic } from '../refusals.ts';
import { isShared } from './shared-filter.ts';
import { isFilter } from './topic-filter.ts';

export interface TopicLimits {
  /** Bytes of UTF-8. */
  readonly maxTopicLen: number;
  readonly maxTopicLevels: number;
}

function levelCount(topic: string): number {
  let levels = 1;
  for (let i = 0; i < topic.length; i++) if (topic.charCodeAt(i) === 47) levels++;
  return levels;
}

/**
 * What names and filters have in common: 1 to 65 535 bytes without U+0000 [MQTT-4.7.3-1..3] and without half of a
 * surrogate pair [MQTT-1.5.3-1], within the limits.
 */
function checkSize(argument: string, topic: string, limits: TopicLimits): void {
  if (topic.length === 0) throw badInput(argument, topic, 'at least one character');
  if (topic.includes('\u0000')) throw badInput(argument, topic, 'without the character U+0000');
  if (/\p{Surrogate}/u.test(topic)) throw badInput(argument, topic, 'text that UTF-8 can carry');
  const bytes = Buffer.byteLength(topic);
  if (bytes > limits.maxTopicLen) throw limitExceeded(argument, bytes, limits.maxTopicLen, 'bytes');
  const levels = levelCount(topic);
  if (levels > limits.maxTopicLevels) throw limitExceeded(argument, levels, limits.maxTopicLevels, 'levels');
}

/** Refuses what is no topic name: BAD_TOPIC for a well-formed filter with wildcards [MQTT-3.3.2-2]. */
export function checkTopicName(topic: string, limits: TopicLimits): void {
  checkSize('topic', topic, limits);
  if (!topic.includes('+') && !topic.includes('#')) return;
  throw isFilter(topic) ? wildcardTopic(topic) : badInput('topic', topic, 'a topic name without + and #');
}

/** Refuses what nobody but the broker may publish to: also its own `$SYS/`, by which it hears of itself. */
export function checkPublishTopic(topic: string, limits: TopicLimits): void {
  checkTopicName(topic, limits);
  if (topic.startsWith('$SYS/')) throw badInput('topic', topic, 'outside of $SYS/, which is for the broker alone');
}

/** Refuses what is no topic filter. */
export function checkTopicFilter(filter: string, limits: TopicLimits): void {
  checkSize('topicFilter', filter, limits);
  if (!isFilter(filter))
    throw badInput('topicFilter', filter, 'a topic filter with + and # filling a level and # last');
  if (isShared(filter)) {
    throw new BrokerError(
      'BAD_USER_INPUT',
      `topicFilter '${shown(filter)}' is a shared subscription, which this version does not serve`,
      {
        argument: 'topicFilter',
        value: shown(filter),
      },
    );
  }
}

/** Refuses what selects no topics: a malformed filter, and a shared subscription, which is about who gets a message. */
export function checkPlainFilter(argument: string, filter: string, limits: TopicLimits): void {
  checkSize(argument, filter, limits);
  if (!isFilter(filter) || isShared(filter))
    throw badInput(
      argument,
      filter,
      'a topic filter with + and # filling a level and # last, of no shared subscription',
    );
}

export function checkQos(qos: number): asserts qos is 0 | 1 | 2 {
  if (qos !== 0 && qos !== 1 && qos !== 2) throw badInput('qos', qos, '0, 1 or 2');
}
