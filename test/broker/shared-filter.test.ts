import { describe, expect, test } from 'vitest';
import { parseSharedFilter } from '../../src/broker/shared-filter.ts';
import { BrokerError } from '../../src/domain.ts';

describe('a topic filter', () => {
  test.each([
    ['$share/g/a', 'g', 'a'],
    ['$share/g/a/+/#', 'g', 'a/+/#'],
    ['$share/g//', 'g', '/'],
    ['$share/$queue/a', '$queue', 'a'],
    ['$share/__proto__/#', '__proto__', '#'],
    ['$queue/a', '$queue', 'a'],
    ['$queue/+/b', '$queue', '+/b'],
    ['$queue//', '$queue', '/'],
  ])('%s is shared by the group %s', (filter, group, topicFilter) => {
    expect(parseSharedFilter(filter)).toEqual({ group, topicFilter });
  });

  test.each(['a', '#', '', '$share', '$queue', '$shared/g/a', '$queued/a', 'a/$share/g/a', '$SYS/#', '$SHARE/g/a'])(
    "'%s' is not shared",
    (filter) => expect(parseSharedFilter(filter)).toBeNull(),
  );

  test.each([
    ['$share/', 'names no group'],
    ['$share//a', 'names no group'],
    ['$share/g', 'has no topic filter behind its group'],
    ['$share/g/', 'has no topic filter behind its group'],
    ['$queue/', 'has no topic filter behind its group'],
    ['$share/+/a', 'has a wildcard in the name of its group'],
    ['$share/g#/a', 'has a wildcard in the name of its group'],
    ['$share/g/a+', 'has + or # where they do not fill a level, or # not last'],
    ['$share/g/#/a', 'has + or # where they do not fill a level, or # not last'],
    ['$queue/a#', 'has + or # where they do not fill a level, or # not last'],
  ])('%s is refused', (filter, fault) => {
    const parse = () => parseSharedFilter(filter);
    expect(parse).toThrow(BrokerError);
    expect(parse).toThrow(`the shared subscription '${filter}' ${fault}`);
  });
});
