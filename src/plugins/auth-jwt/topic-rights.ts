import type { ClientInfo } from '../../broker/hooks.ts';
import { parseSharedFilter } from '../../broker/shared-filter.ts';
import { isFilter } from '../../broker/topic-filter.ts';
import { fillIn, hasPlaceholder } from './placeholders.ts';

/** A level that stands for any one, and one for all that are left. */
const ANY = Symbol('+');
const REST = Symbol('#');

type Level = string | typeof ANY | typeof REST;
type Pattern = readonly Level[];

/** What a client may publish to and subscribe to. */
export interface TopicRights {
  mayPublish(topic: string): boolean;
  /** Also of a filter with wildcards: whether whatever it matches is allowed. */
  maySubscribe(topicFilter: string): boolean;
}

/** The claim is not what it has to be; the message says how. */
export class MalformedRights extends Error {
  override readonly name = 'MalformedRights';
}

/**
 * Reads the claim that says what a client may do: `{"pub": […], "sub": […], "all": […]}`, lists of topic filters in which
 * %c and %u stand for the client's names. What is not in them is denied. Throws MalformedRights.
 */
export function readRights(claim: unknown, client: Pick<ClientInfo, 'clientId' | 'username'>): TopicRights {
  if (typeof claim !== 'object' || claim === null || Array.isArray(claim)) throw new MalformedRights('it is no object');
  const { pub, sub, all } = claim as Record<string, unknown>;
  const patterns = (name: string, list: unknown): Pattern[] => {
    if (list === undefined) return [];
    if (!Array.isArray(list)) throw new MalformedRights(`'${name}' is no list`);
    return list.flatMap((filter: unknown) => {
      if (typeof filter !== 'string' || !isFilter(filter)) throw new MalformedRights(`'${name}' has no topic filters`);
      return patternOf(filter, client) ?? [];
    });
  };
  const both = patterns('all', all);
  const publishing = [...patterns('pub', pub), ...both];
  const subscribing = [...patterns('sub', sub), ...both];
  const isCovered = (within: readonly Pattern[], asked: Pattern): boolean =>
    within.some((pattern) => covers(pattern, asked));
  return {
    mayPublish: (topic) => isCovered(publishing, topic.split('/')),
    maySubscribe: (given) => isCovered(subscribing, levelsOf(parseSharedFilter(given)?.topicFilter ?? given)),
  };
}

const levelOf = (level: string): Level => (level === '+' ? ANY : level === '#' ? REST : level);

const levelsOf = (filter: string): Pattern => filter.split('/').map(levelOf);

/** In one piece for `flatMap`; null when a client without a user name would need one. */
function patternOf(filter: string, client: Pick<ClientInfo, 'clientId' | 'username'>): [Pattern] | null {
  const pattern: Level[] = [];
  for (const level of filter.split('/')) {
    if (!hasPlaceholder(level)) {
      pattern.push(levelOf(level));
      continue;
    }
    const filled = fillIn(level, client);
    if (filled === null) return null;
    // Whatever is in a name is meant as it is: a client called # may not use every topic.
    pattern.push(...filled.split('/'));
  }
  return [pattern];
}

/** Whether one pattern matches whatever another one does [MQTT-4.7.1-2], [MQTT-4.7.2-1]. */
function covers(pattern: Pattern, asked: Pattern): boolean {
  const [first] = asked;
  if (typeof pattern[0] === 'symbol' && typeof first === 'string' && first.startsWith('$')) return false;
  for (const [at, level] of pattern.entries()) {
    if (level === REST) return true;
    const wanted = asked[at];
    if (wanted === undefined || wanted === REST || (level !== ANY && level !== wanted)) return false;
  }
  return asked.length === pattern.length;
}
