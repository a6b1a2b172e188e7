import { BrokerError, badInput, limitExceeded, shown, wildcardTopic } from '../refusals.ts';
import { isShared, parseSharedFilter } from './shared-filter.ts';
import { hasWildcard, isFilter } from './topic-filter.ts';

export interface TopicLimits {
  /** Bytes of UTF-8. */
  readonly maxTopicLen: number;
  readonly maxTopicLevels: number;
}

/** What clients may do of what MQTT has. */
export interface Capabilities {
  readonly maxQosAllowed: number;
  readonly retainAvailable: 'off' | 'on';
  readonly wildcardSubscription: 'off' | 'on';
  readonly sharedSubscription: 'off' | 'on';
}

const unavailable = (argument: string, value: string | number, sentence: string): BrokerError =>
  new BrokerError('LIMIT_EXCEEDED', sentence, { argument, value: shown(value) });

/** Why a client may not publish with this QoS, or what is to be retained; null when it may. */
export function messageRefusal(qos: number, retain: boolean, limits: Capabilities): BrokerError | null {
  if (qos > limits.maxQosAllowed) {
    return unavailable('qos', qos, `QoS ${qos} is above the limit of ${limits.maxQosAllowed}`);
  }
  if (!retain || limits.retainAvailable === 'on') return null;
  return unavailable('retain', 'true', 'messages to be retained are not taken');
}

/** Why a client may not subscribe to a well-formed filter; null when it may. */
export function filterRefusal(filter: string, limits: Capabilities): BrokerError | null {
  const shared = parseSharedFilter(filter);
  if (shared && limits.sharedSubscription === 'off') {
    return unavailable('topicFilter', filter, `'${shown(filter)}' is a shared subscription, which nobody may have`);
  }
  if (limits.wildcardSubscription === 'on' || !hasWildcard(shared?.topicFilter ?? filter)) return null;
  return unavailable('topicFilter', filter, `'${shown(filter)}' has a wildcard, which no subscription may have`);
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
  checkText(argument, topic);
  const bytes = Buffer.byteLength(topic);
  if (bytes > limits.maxTopicLen) throw limitExceeded(argument, bytes, limits.maxTopicLen, 'bytes');
  const levels = levelCount(topic);
  if (levels > limits.maxTopicLevels) throw limitExceeded(argument, levels, limits.maxTopicLevels, 'levels');
}

function checkText(argument: string, topic: string): void {
  if (topic.length === 0) throw badInput(argument, topic, 'at least one character');
  if (topic.includes('\u0000')) throw badInput(argument, topic, 'without the character U+0000');
  if (/\p{Surrogate}/u.test(topic)) throw badInput(argument, topic, 'text that UTF-8 can carry');
}

/** Refuses what is no topic name: BAD_TOPIC for a well-formed filter with wildcards [MQTT-3.3.2-2]. */
export function checkTopicName(topic: string, limits: TopicLimits): void {
  checkSize('topic', topic, limits);
  if (!topic.includes('+') && !topic.includes('#')) return;
  throw isFilter(topic) ? wildcardTopic(topic) : badInput('topic', topic, 'a topic name without + and #');
}

/** Whether a topic or a filter is the broker's own, by which it tells of itself. */
export const isSystemTopic = (topic: string): boolean => topic.startsWith('$SYS/');

export const reservedTopic = (topic: string): BrokerError =>
  badInput('topic', topic, 'outside of $SYS/, which is for the broker alone');

/** Refuses what nobody but the broker may publish to: also its own `$SYS/`, by which it hears of itself. */
export function checkPublishTopic(topic: string, limits: TopicLimits): void {
  checkTopicName(topic, limits);
  if (isSystemTopic(topic)) throw reservedTopic(topic);
}

/** Refuses what is no topic filter, or no well-formed shared subscription. */
export function checkTopicFilter(filter: string, limits: TopicLimits): void {
  checkSize('topicFilter', filter, limits);
  if (parseSharedFilter(filter) === null) checkFilterSyntax(filter);
}

/** Refuses a filter that no client may send [MQTT-4.7.1-2], [MQTT-4.7.1-3], [MQTT-4.7.3-2]. */
export function checkFilterSyntax(filter: string): void {
  checkText('topicFilter', filter);
  if (!isFilter(filter))
    throw badInput('topicFilter', filter, 'a topic filter with + and # filling a level and # last');
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

/** The refusal that a check throws; null when it passes. */
export function refusalOf(check: () => void): BrokerError | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof BrokerError) return error;
    throw error;
  }
}
