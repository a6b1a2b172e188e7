import { describe, expect, test } from 'vitest';
import type { ClientInfo } from '../../src/broker/hooks.ts';
import type { RuleBook } from '../../src/plugins/acl-internal/rule-book.ts';
import { bookOf, DEFAULT_RULES } from '../../src/plugins/acl-internal/rule-file.ts';

const client = (own: Partial<ClientInfo> = {}): ClientInfo => ({
  ...{ clientId: 'c1', username: 'ann', ipAddress: '10.1.2.3' },
  ...own,
});

/** What is said of a client by rules, as `pub topic` or `sub filter`. */
function say(book: RuleBook, what: string, own: Partial<ClientInfo> = {}) {
  const [deed, topic = ''] = what.split(' ');
  return deed === 'pub' ? book.publish(client(own), topic) : book.subscribe(client(own), topic);
}

describe('whom a rule is about', () => {
  const ann = {};
  const bob = { clientId: 'c2', username: 'bob', ipAddress: '10.2.0.1' };
  const nameless = { clientId: 'c3', username: null, ipAddress: '2001:db8::1' };

  test.each([
    ['all', ['allow', 'allow', 'allow']],
    ['{user, "ann"}', ['allow', 'ignore', 'ignore']],
    ['{user, all}', ['allow', 'allow', 'ignore']],
    ['{client, "c2"}', ['ignore', 'allow', 'ignore']],
    ['{client, all}', ['allow', 'allow', 'allow']],
    ['{ipaddr, "10.1.2.3"}', ['allow', 'ignore', 'ignore']],
    ['{ipaddr, "10.1.2.4"}', ['ignore', 'ignore', 'ignore']],
    ['{ipaddr, "10.1.0.0/16"}', ['allow', 'ignore', 'ignore']],
    ['{ipaddr, "10.0.0.0/8"}', ['allow', 'allow', 'ignore']],
    ['{ipaddr, "0.0.0.0/0"}', ['allow', 'allow', 'ignore']],
    ['{ipaddr, "::/0"}', ['ignore', 'ignore', 'allow']],
    ['{ipaddr, "2001:db8::/32"}', ['ignore', 'ignore', 'allow']],
    ['{ipaddr, "2001:0DB8:0::1"}', ['ignore', 'ignore', 'allow']],
    ['{ipaddr, "::ffff:10.1.2.3"}', ['allow', 'ignore', 'ignore']],
    [`{'and', [{user, "ann"}, {client, "c1"}]}`, ['allow', 'ignore', 'ignore']],
    [`{'and', [{user, "ann"}, {client, "c2"}]}`, ['ignore', 'ignore', 'ignore']],
    [`{'and', [{user, all}, {ipaddr, "10.0.0.0/8"}]}`, ['allow', 'allow', 'ignore']],
    [`{'and', [all, {'or', [{user, "bob"}, {client, "c3"}]}]}`, ['ignore', 'allow', 'allow']],
    [`{'or', [{user, "ann"}, {client, "c2"}]}`, ['allow', 'allow', 'ignore']],
    [`{'or', [{user, "ann"}, {'and', [{client, "c3"}, {ipaddr, "2001:db8::/64"}]}]}`, ['allow', 'ignore', 'allow']],
  ])('%s', async (who, expected) => {
    const book = await bookOf(`{allow, ${who}, publish, ["t"]}.`);
    expect([ann, bob, nameless].map((own) => say(book, 'pub t', own))).toEqual(expected);
  });
});

describe('what a rule is about', () => {
  test.each([
    ['publish', ['allow', 'ignore']],
    ['subscribe', ['ignore', 'allow']],
    ['pubsub', ['allow', 'allow']],
  ])('%s', async (access, expected) => {
    const book = await bookOf(`{allow, all, ${access}, ["t"]}.`);
    expect([say(book, 'pub t'), say(book, 'sub t')]).toEqual(expected);
  });

  test('is decided by the first rule that concerns it, whomever it names', async () => {
    const book = await bookOf(`
      {deny, {user, "ann"}, publish, ["a/secret"]}.
      {allow, all, publish, ["a/+"]}.
      {allow, {client, "c1"}, publish, ["a/b"]}.
      {deny, all, pubsub, ["a/#"]}.
      {allow, {user, "ann"}, publish, ["a/b/c"]}.
      {deny, all}.
    `);
    const topics = ['a/secret', 'a/b', 'a/b/c', 'a', 'x'];
    expect(topics.map((topic) => say(book, `pub ${topic}`))).toEqual(['deny', 'allow', 'deny', 'deny', 'deny']);
    expect(say(book, 'pub a/secret', { username: 'bob' })).toBe('allow');
  });

  test('is left to others when no rule concerns it', async () => {
    const book = await bookOf('');
    expect([say(book, 'pub t'), say(book, 'sub #')]).toEqual(['ignore', 'ignore']);
  });

  test.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/b/c', false],
    ['a/+', 'a/b', true],
    ['a/+', 'a/', true],
    ['a/+', 'a', false],
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['#', 'a', true],
    ['#', '$SYS/a', false],
    ['+/a', '$SYS/a', false],
    ['$SYS/#', '$SYS/a', true],
    ['%c/#', 'c1/a', true],
    ['%c/#', 'c2/a', false],
    ['u/%u/+', 'u/ann/x', true],
    ['u/%u/+', 'u/bob/x', false],
    ['u/%u/+', 'u/%u/x', false],
  ])('the topic of a PUBLISH matches: %s, %s, %s', async (filter, topic, isMatch) => {
    const book = await bookOf(`{allow, all, publish, ["${filter}"]}.`);
    expect(say(book, `pub ${topic}`)).toBe(isMatch ? 'allow' : 'ignore');
  });
});

describe('a SUBSCRIBE', () => {
  test.each([
    ['a/b', 'a/b', true],
    ['a/+', 'a/b', true],
    ['a/+', 'a/+', true],
    ['a/+', 'a/#', false],
    ['a/+', '+/b', false],
    ['a/+', '+/+', false],
    ['a/#', 'a/#', true],
    ['a/#', 'a/+/c/#', true],
    ['a/#', 'a', true],
    ['a/#', '#', false],
    ['a/b', 'a/+', false],
    ['+/b', 'a/b', true],
    ['+/b', '+/b', true],
    ['#', '#', true],
    ['#', '+/a', true],
    ['#', '$SYS/#', false],
    ['+/#', '$SYS/#', false],
    ['$SYS/+', '$SYS/#', false],
    ['%c/#', 'c1/+', true],
    ['%c/#', '+/a', false],
  ])('is allowed when all that it can match is: %s allows %s: %s', async (filter, wanted, isAllowed) => {
    const book = await bookOf(`{allow, all, subscribe, ["${filter}"]}.`);
    expect(say(book, `sub ${wanted}`)).toBe(isAllowed ? 'allow' : 'ignore');
  });

  test.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/+', true],
    ['a/b', 'a/#', true],
    ['a/b', '#', true],
    ['a/b', '+/b', true],
    ['a/b', '+/c', false],
    ['a/b', 'a/b/c', false],
    ['a/b', 'a/b/#', true],
    ['a/b', 'a/b/+', false],
    ['a/+/c', 'a/b/+', true],
    ['a/+/c', '+/+/d', false],
    ['a/#', 'a', true],
    ['a/#', '+', true],
    ['a/#', 'b/#', false],
    ['$SYS/#', '#', false],
    ['$SYS/#', '+/a', false],
    ['$SYS/#', '$SYS/a/+', true],
    ['#', '$SYS/#', false],
    ['+/a', '$SYS/a', false],
    ['#', '+', true],
    ['%u/secret', 'ann/+', true],
    ['%u/secret', '+/secret', true],
    ['%u/secret', 'bob/secret', false],
  ])('is denied when any topic is that it can match: %s denies %s: %s', async (filter, wanted, isDenied) => {
    const book = await bookOf(`{deny, all, subscribe, ["${filter}"]}.`);
    expect(say(book, `sub ${wanted}`)).toBe(isDenied ? 'deny' : 'ignore');
  });

  test('of more than is allowed does not reach what a later rule denies', async () => {
    const book = await bookOf(`
      {allow, all, subscribe, ["home/+"]}.
      {deny, all, subscribe, ["home/door"]}.
      {allow, all, subscribe, ["#"]}.
    `);
    const filters = ['home/+', 'home/door', 'home/#', '#', 'garden/#'];
    expect(filters.map((filter) => say(book, `sub ${filter}`))).toEqual(['allow', 'allow', 'deny', 'deny', 'allow']);
  });

  test('of exactly what eq names is meant, and no other', async () => {
    const book = await bookOf('{deny, all, subscribe, [{eq, "#"}, {eq, "%c/+"}]}.');
    const filters = ['#', '+/#', 'a/#', '%c/+', 'c1/+'];
    expect(filters.map((filter) => say(book, `sub ${filter}`))).toEqual(['deny', 'ignore', 'ignore', 'deny', 'ignore']);
  });
});

describe('a client that chose its name to get more', () => {
  const OWN = '{allow, all, pubsub, ["own/%c/#", "user/%u", "%c/root", "%u/root"]}. {deny, all}.';

  test.each(['+', '#', 'a/b', '/', '+/x', '', '$SYS', '%c', '%u', 'x\u0000'])('gets nothing by %j', async (name) => {
    const book = await bookOf(OWN);
    const own = { clientId: name, username: name };
    for (const filter of ['own/#', 'own/+/#', 'own/+/x', '+/+/#', '#', 'user/+', 'user/#', '+/root', '$SYS/root']) {
      expect([filter, say(book, `sub ${filter}`, own)]).toEqual([filter, 'deny']);
    }
    for (const topic of [
      'own/a/b/x',
      'own/other',
      'user/ann',
      'user/a/b',
      '$SYS/root',
      'own/%c/x'.replace('%c', 'q'),
    ]) {
      expect([topic, say(book, `pub ${topic}`, own)]).toEqual([topic, 'deny']);
    }
  });

  test('gets nothing without a user name', async () => {
    const book = await bookOf(OWN);
    expect(say(book, 'pub user/', { username: null })).toBe('deny');
    expect(say(book, 'pub user/null', { username: null })).toBe('deny');
  });
});

describe('{allow, all}', () => {
  test('is about all topics but those of the broker', async () => {
    const book = await bookOf('{allow, all}.');
    expect(['pub a', 'sub #', 'pub $other', 'pub $SYS/a', 'sub $SYS/#'].map((what) => say(book, what))).toEqual([
      ...['allow', 'allow', 'allow', 'ignore', 'ignore'],
    ]);
  });

  test('is no obstacle to later rules about those', async () => {
    const book = await bookOf('{allow, all}. {deny, all, subscribe, ["$SYS/#"]}.');
    expect(say(book, 'sub $SYS/#')).toBe('deny');
  });

  test('has its opposite in {deny, all}, which is about all', async () => {
    const book = await bookOf('{deny, all}.');
    expect(['pub a', 'sub #', 'pub $SYS/a', 'sub $SYS/#'].map((what) => say(book, what))).toEqual([
      ...['deny', 'deny', 'deny', 'deny'],
    ]);
  });
});

describe('the rules without a file', () => {
  test.each([
    ['127.0.0.1', ['allow', 'allow', 'ignore', 'allow']],
    ['::1', ['allow', 'allow', 'ignore', 'allow']],
    ['192.0.2.1', ['deny', 'ignore', 'ignore', 'deny']],
  ])('leave $SYS/ and # to this machine: %s', async (ipAddress, expected) => {
    const book = await bookOf(DEFAULT_RULES);
    const said = ['sub #', 'pub a', 'pub $SYS/a', 'sub $SYS/#'].map((what) => say(book, what, { ipAddress }));
    expect(said).toEqual(expected);
  });
});

describe('a file', () => {
  test('may have comments, blank lines, quoted words and binaries', async () => {
    const book = await bookOf(`%% Rules
      % {deny, all}.
      {'allow', % not only
        {user, <<"ann">>},
        publish, ["a%b", <<"é\\"/+"/utf8>>]}.`);
    expect([say(book, 'pub a%b'), say(book, 'pub é"/x'), say(book, 'pub c')]).toEqual(['allow', 'allow', 'ignore']);
  });

  test.each([
    ['{allow, all', "line 1: '}' is missing behind the last part of a tuple"],
    ['\n\n{allow, all}', "line 3: '.' is missing behind a rule"],
    ['root:x:0:0', "line 1: '.' is missing behind a rule"],
    ['{allow, all}.\n-----BEGIN', 'line 2: a tuple, a list, a word or a text in quotes is expected'],
    ['"unclosed', 'line 1: a tuple, a list, a word or a text in quotes is expected'],
    [
      'allow.',
      'line 1: a rule must be {allow, Who, Access, [Topic, …]} or {allow, all}, or the same with deny, not allow',
    ],
    [
      '{allow, {user, "a"}}.',
      'line 1: a rule must be {allow, Who, Access, [Topic, …]} or {allow, all}, or the same with deny, not {allow, {user, "a"}}',
    ],
    ['{permit, all}.', 'line 1: the permission must be allow or deny, not permit'],
    ['{"allow", all}.', 'line 1: the permission must be allow or deny, not "allow"'],
    ['{allow, all, write, ["a"]}.', 'line 1: the access must be publish, subscribe or pubsub, not write'],
    ['{allow, all, publish, "a"}.', 'line 1: the topics must be a list of at least one topic filter, not "a"'],
    ['{allow, all, publish, []}.', 'line 1: the topics must be a list of at least one topic filter, not []'],
    [
      '{allow, all, publish, ["a#"]}.',
      'line 1: a topic must be a topic filter with + and # filling a level and # last, or {eq, "…"}, not "a#"',
    ],
    [
      '{allow, all, publish, ["a/x%c"]}.',
      'line 1: a topic must be one in which %c and %u fill a level, or {eq, "…"}, not "a/x%c"',
    ],
    [
      '{allow, all, publish, [{re, "a"}]}.',
      'line 1: a topic must be a topic filter in quotes, or {eq, "…"}, not {re, "a"}',
    ],
    [
      '{allow,\n{group, "a"}, publish, ["a"]}.',
      'line 2: who must be all, {user, "…"}, {client, "…"}, {ipaddr, "…"}, {\'and\', […]} or {\'or\', […]}, not {group, "a"}',
    ],
    [
      '{allow, {user, ann}, publish, ["a"]}.',
      'line 1: who must be all, {user, "…"}, {client, "…"}, {ipaddr, "…"}, {\'and\', […]} or {\'or\', […]}, not {user, ann}',
    ],
    [
      '{allow, {ipaddr, "10.0.0.0/33"}, publish, ["a"]}.',
      'line 1: an address must be an IP address or a range as "10.0.0.0/8", not "10.0.0.0/33"',
    ],
    [`${'['.repeat(17)}`, 'line 1: there are more than 16 terms in one another'],
  ])('is refused with the line and what is wrong there: %j', async (text, sentence) => {
    await expect(bookOf(text)).rejects.toMatchObject({ message: sentence });
  });
});

describe('ten thousand rules', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => i);

  test('decide as ten do', async () => {
    const book = await bookOf(
      many
        .map((i) => `{allow, {user, "u${i}"}, pubsub, ["d/${i}/#"]}.\n{deny, all, publish, ["x/${i}/+"]}.`)
        .join('\n'),
    );
    expect(book.size).toBe(20_000);
    const own = { username: 'u9999' };
    const asked = ['pub d/9999/a', 'sub d/9999/#', 'pub d/9998/a', 'pub x/9999/a', 'sub #'];
    expect(asked.map((what) => say(book, what, own))).toEqual(['allow', 'allow', 'ignore', 'deny', 'ignore']);
  });
});
