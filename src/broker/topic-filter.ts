import { Qlobber } from 'qlobber';

/** Whether `#` stands last and `+` and `#` fill their levels [MQTT-4.7.1-2], [MQTT-4.7.1-3]. */
export function isFilter(topic: string): boolean {
  const levels = topic.split('/');
  return levels.every((level, i) => {
    if (level.includes('#')) return level === '#' && i === levels.length - 1;
    return !level.includes('+') || level === '+';
  });
}

export const hasWildcard = (filter: string): boolean => filter.includes('+') || filter.includes('#');

/** Whether a topic is one that no wildcard in the first level matches [MQTT-4.7.2-1]. */
const isReserved = (topic: string): boolean => topic.charCodeAt(0) === 36;

/** A test of topic names against one filter, for where no trie is walked. */
export function matcherOf(filter: string): (topic: string) => boolean {
  const levels = filter.split('/');
  const first = levels[0];
  return (topic) => {
    if ((first === '+' || first === '#') && isReserved(topic)) return false;
    const names = topic.split('/');
    for (let at = 0; at < levels.length; at++) {
      const level = levels[at];
      if (level === '#') return true;
      if (at >= names.length || (level !== '+' && level !== names[at])) return false;
    }
    return names.length === levels.length;
  };
}

/** [MQTT-4.7.2-1]: a filter that begins with a wildcard does not match a topic that begins with $. */
export const concerns = (topicFilter: string, topic: string): boolean =>
  !isReserved(topic) || (!topicFilter.startsWith('+') && !topicFilter.startsWith('#'));

/** Values by topic filters; those that match a topic are found by its levels, but for what `concerns` says. */
export const createTopicTrie = <Value>(): Qlobber<Value> =>
  new Qlobber({ wildcard_one: '+', wildcard_some: '#', separator: '/', match_empty_levels: true });
