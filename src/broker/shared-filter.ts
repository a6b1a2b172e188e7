/** The parts of a shared subscription's filter. */
export interface SharedFilter {
  /** Name of the group; `$queue` for the one group of `$queue/<filter>`. */
  readonly group: string;
  /** The filter that messages have to match. */
  readonly topicFilter: string;
}

/** Whether a filter asks for a shared subscription, well-formed or not. */
export const isShared = (filter: string): boolean => filter.startsWith('$share/') || filter.startsWith('$queue/');

/**
 * Reads `$share/<group>/<filter>` and `$queue/<filter>`. Answers null for every other filter, and for a malformed one:
 * a group is not empty and has no `+`, `#` or `/`; the filter is not empty.
 */
export function parseSharedFilter(filter: string): SharedFilter | null {
  if (filter.startsWith('$queue/')) {
    return filter.length > 7 ? { group: '$queue', topicFilter: filter.slice(7) } : null;
  }
  if (!filter.startsWith('$share/')) return null;
  const end = filter.indexOf('/', 7);
  if (end <= 7 || end === filter.length - 1) return null;
  const group = filter.slice(7, end);
  return /[+#]/.test(group) ? null : { group, topicFilter: filter.slice(end + 1) };
}
