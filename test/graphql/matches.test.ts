import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import { createLog } from '../../src/log.ts';
import { APP_AUTHORIZATION, type GraphQLAnswer, testConfig } from '../support/gateway.ts';

let dataDir: string;
let gateway: Gateway;
let lines: string[];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
  const log = createLog('warn', { write: (line) => void lines.push(line) });
  gateway = await createGateway(testConfig(dataDir), log);
  await gateway.listen();
});

afterAll(async () => {
  await gateway.close();
  rmSync(dataDir, { recursive: true, force: true });
});

beforeEach(() => {
  lines = [];
});

async function search(list: string, matches: string): Promise<GraphQLAnswer<unknown>> {
  const response = await fetch(`http://127.0.0.1:${gateway.ports.management.port}/graphql`, {
    method: 'POST',
    headers: { authorization: APP_AUTHORIZATION, 'content-type': 'application/json' },
    body: JSON.stringify({
      query: `query ($matches: String) { ${list}(filter: { matches: $matches }) { meta { count } } }`,
      variables: { matches },
    }),
  });
  return (await response.json()) as GraphQLAnswer<unknown>;
}

const levels = (count: number): string => Array.from({ length: count }, (_, i) => i).join('/');

describe.each(['subscriptions', 'routes'])('matches of %s', (list) => {
  test.each([
    ['150 levels', levels(150), 'LIMIT_EXCEEDED', 'topic has 150 levels; the limit is 100'],
    ['150 empty levels', '/'.repeat(149), 'LIMIT_EXCEEDED', 'topic has 150 levels; the limit is 100'],
    ['too many bytes', 'x'.repeat(4097), 'LIMIT_EXCEEDED', 'topic has 4097 bytes; the limit is 4096'],
    ['+', 'a/+', 'BAD_TOPIC', "'a/+' is a topic filter; a message needs a topic name without + and #"],
    ['#', '#', 'BAD_TOPIC', "'#' is a topic filter; a message needs a topic name without + and #"],
    ['+ in a level', 'a+', 'BAD_USER_INPUT', "topic must be a topic name without + and #, not 'a+'"],
    ['nothing', '', 'BAD_USER_INPUT', "topic must be at least one character, not ''"],
    ['U+0000', 'a\u0000', 'BAD_USER_INPUT', "topic must be without the character U+0000, not 'a\\u0000'"],
    [
      'half of a surrogate pair',
      'a\ud83d',
      'BAD_USER_INPUT',
      "topic must be text that UTF-8 can carry, not 'a\\ud83d'",
    ],
  ])('refuses %s, and logs no fault', async (_, matches, code, message) => {
    const { data, errors } = await search(list, matches);
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([{ message, path: [list], extensions: { code, argument: 'topic' } }]);
    expect(errors).toHaveLength(1);
    expect(lines).toEqual([]);
  });

  test.each([
    ['100 levels', levels(100)],
    ['100 empty levels', '/'.repeat(99)],
    ['a topic of the broker', '$SYS/uptime'],
  ])('takes %s', async (_, matches) => {
    expect(await search(list, matches)).toEqual({ data: { [list]: { meta: { count: 0 } } } });
    expect(lines).toEqual([]);
  });
});
