import { BrokerError, shown } from '../refusals.ts';
import { isFilter } from './topic-filter.ts';

/** A shared subscription: each message to one member of the group. */
export interface SharedFilter {
  /** `$queue` for `$queue/…`. */
  readonly group: string;
  /** What messages have to match. */
  readonly topicFilter: string;
}

const GROUPS = '$share/';
const QUEUE = '$queue/';

/** Whether a filter asks for a shared subscription, well-formed or not. */
export const isShared = (filter: string): boolean => filter.startsWith(GROUPS) || filter.startsWith(QUEUE);

/**
 * Reads `$share/<group>/<topicFilter>` and `$queue/<topicFilter>`, as EMQ X has them; null when the filter is no shared
 * one. Refuses with BAD_USER_INPUT a group that is empty or has a wildcard, and what is no topic filter behind it.
 */
export function parseSharedFilter(filter: string): SharedFilter | null {
  if (filter.startsWith(QUEUE)) return shared(filter, '$queue', filter.slice(QUEUE.length));
  if (!filter.startsWith(GROUPS)) return null;
  const end = filter.indexOf('/', GROUPS.length);
  const group = filter.slice(GROUPS.length, end < 0 ? undefined : end);
  if (group === '') throw malformed(filter, 'names no group');
  if (group.includes('+') || group.includes('#')) throw malformed(filter, 'has a wildcard in the name of its group');
  return shared(filter, group, end < 0 ? '' : filter.slice(end + 1));
}

function shared(filter: string, group: string, topicFilter: string): SharedFilter {
  if (topicFilter === '') throw malformed(filter, 'has no topic filter behind its group');
  if (!isFilter(topicFilter)) throw malformed(filter, 'has + or # where they do not fill a level, or # not last');
  return { group, topicFilter };
}

const malformed = (filter: string, fault: string): BrokerError =>
  new BrokerError('BAD_USER_INPUT', `the shared subscription '${shown(filter)}' ${fault}`, {
    argument: 'topicFilter',
    value: shown(filter),
  });
