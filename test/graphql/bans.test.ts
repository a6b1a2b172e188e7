import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { ask, refusal } from './ask.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway('mqtt: {max_bans: 20, ban_exempt: ["10.1.0.0/16"]}');
});

afterAll(() => gateway.close());

afterEach(async () => {
  await gateway.gateway.domain.deleteBans({ whoContains: '' });
  await gateway.gateway.domain.kickMany({ filter: { clientIdPrefix: '' } });
});

const BAN = 'as who reason by desc until';
const createBan = `mutation ($input: CreateBanInput!) { createBan(input: $input) { disconnectedCount ban { ${BAN} } } }`;
const createBans = `mutation ($bans: [CreateBanInput!]!) { createBans(input: { bans: $bans }) {
  disconnectedCount results { as who ban { who } fault { code message } }
} }`;
const banConnections = `mutation ($input: BanConnectionsInput!) { banConnections(input: $input) {
  bannedCount disconnectedCount isComplete faults { clientId fault { code message } }
} }`;
const deleteBan = `mutation ($input: DeleteBanInput!) { deleteBan(input: $input) { ban { ${BAN} } } }`;
const deleteBans =
  'mutation ($filter: BanFilter!) { deleteBans(input: { filter: $filter }) { deletedCount isComplete } }';
const preview = `query ($target: BanTargetInput!, $page: PageInput) { banPreview(target: $target, page: $page) {
  items { clientId ipAddress } meta { count countIsExact }
} }`;

const LATER = '2096-10-02T07:06:40.000Z';
const bare = { reason: null, by: null, desc: null, until: null };

const who = async (args = ''): Promise<string[]> => {
  const { bans } = await ask<{ bans: { items: { who: string }[] } }>(gateway, `{ bans${args} { items { who } } }`);
  return bans.items.map((ban) => ban.who);
};

const hit = async (target: object, page: object = {}): Promise<[string[], number]> => {
  type Answer = { banPreview: { items: { clientId: string }[]; meta: { count: number } } };
  const { banPreview } = await ask<Answer>(gateway, preview, { target, page });
  return [banPreview.items.map(({ clientId }) => clientId), banPreview.meta.count];
};

const refusedToConnect = async (options: object): Promise<void> => {
  await expect(gateway.connect(options)).rejects.toMatchObject({ code: 5 });
};

describe('createBan', () => {
  test('answers the ban and how many connections it ended', async () => {
    for (const clientId of ['a', 'b']) await gateway.connect({ clientId, username: 'eve' });
    await gateway.connect({ clientId: 'c', username: 'bob' });
    const input = { as: 'USERNAME', who: 'eve', reason: 'flooding', by: 'ops', desc: 'x', until: LATER };
    expect(await ask(gateway, createBan, { input })).toEqual({ createBan: { disconnectedCount: 2, ban: input } });
    await refusedToConnect({ clientId: 'a', username: 'eve' });
    expect(await ask(gateway, '{ connections { items { clientId } } }')).toEqual({
      connections: { items: [{ clientId: 'c' }] },
    });
  });

  test('keeps milliseconds, and spells an address in one way', async () => {
    const input = { as: 'IP_ADDRESS', who: '2001:DB8:0:0::ffff/33', until: '2096-10-02T07:06:40.123Z' };
    const before = Date.now();
    const ban = { ...bare, as: 'IP_ADDRESS', who: '2001:db8::/33', until: '2096-10-02T07:06:40.123Z' };
    expect(await ask(gateway, createBan, { input })).toEqual({ createBan: { disconnectedCount: 0, ban } });
    const query = '{ ban(as: IP_ADDRESS, who: "2001:db8:0::1/33") { who createdAt } }';
    const { ban: found } = await ask<{ ban: { createdAt: string } }>(gateway, query);
    expect(Date.parse(found.createdAt)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(found.createdAt)).toBeLessThanOrEqual(Date.now());
  });

  test.each([
    [
      { until: '2018-01-01T00:00:00Z' },
      'BAD_USER_INPUT',
      "until must be a time in the future, not '2018-01-01T00:00:00.000Z'",
    ],
    [{ until: '+012018-01-01T00:00:00Z' }, 'BAD_USER_INPUT', /DateTime must be ISO 8601/],
    [{ who: '' }, 'BAD_USER_INPUT', "who must be a client id, not ''"],
    [{ who: 'x'.repeat(65_536) }, 'LIMIT_EXCEEDED', 'who has 65536 bytes; the limit is 65535'],
    [{ desc: 'x'.repeat(1_048_576) }, 'LIMIT_EXCEEDED', 'desc has 1048576 bytes; the limit is 1024'],
    [{ as: 'IP_ADDRESS', who: 'a' }, 'BAD_USER_INPUT', "who must be an IP address or a range as 10.0.0.0/8, not 'a'"],
    [
      { as: 'IP_ADDRESS', who: '10.0.0.0/8' },
      'PROTECTED',
      "'10.0.0.0/8' cannot be banned: 10.1.0.0/16 is exempt by mqtt.ban_exempt",
    ],
    [
      { as: 'IP_ADDRESS', who: '127.0.0.1' },
      'PROTECTED',
      "'127.0.0.1' cannot be banned: it is your own address, 127.0.0.1",
    ],
  ])('refuses %j and changes nothing', async (part, code, message) => {
    const input = { as: 'CLIENT_ID', who: 'a', ...part };
    const refused = await refusal(gateway, createBan, { input });
    expect(refused).toMatchObject({
      code,
      message: message instanceof RegExp ? expect.stringMatching(message) : message,
    });
    expect(await who()).toEqual([]);
  });

  test('is noted in the audit log with who was banned', async () => {
    await ask(gateway, createBan, { input: { as: 'CLIENT_ID', who: 'audited' } });
    await refusal(gateway, createBan, { input: { as: 'IP_ADDRESS', who: 'audited' } });
    await ask(gateway, deleteBans, { filter: { whoPrefix: 'audit' } });
    const entries = gateway.gateway.access.audit.page({ filter: {}, offset: 0, limit: 3, after: null }).items;
    expect(entries.map(({ what, target, result }) => [what, target, result])).toEqual([
      ['deleteBans', '{"whoPrefix":"audit"}', 'OK'],
      ['createBan', 'audited', 'BAD_USER_INPUT'],
      ['createBan', 'audited', 'OK'],
    ]);
  });
});

describe('createBans', () => {
  test('bans those that can be, and names the fault of each other', async () => {
    await gateway.connect({ clientId: 'a' });
    const bans = [
      { as: 'CLIENT_ID', who: 'a' },
      { as: 'IP_ADDRESS', who: '127.0.0.0/8' },
      { as: 'USERNAME', who: '' },
      { as: 'IP_ADDRESS', who: '192.0.2.9/24' },
    ];
    expect(await ask(gateway, createBans, { bans })).toEqual({
      createBans: {
        disconnectedCount: 1,
        results: [
          { ...bans[0], ban: { who: 'a' }, fault: null },
          {
            ...bans[1],
            ban: null,
            fault: {
              code: 'PROTECTED',
              message: "'127.0.0.0/8' cannot be banned: it is your own address, 127.0.0.1",
            },
          },
          { ...bans[2], ban: null, fault: { code: 'BAD_USER_INPUT', message: "who must be a user name, not ''" } },
          { ...bans[3], ban: { who: '192.0.2.0/24' }, fault: null },
        ],
      },
    });
    expect(await who()).toEqual(['a', '192.0.2.0/24']);
  });

  test('beyond the limit bans nobody', async () => {
    const bans = Array.from({ length: 21 }, (_, i) => ({ as: 'CLIENT_ID', who: `c${i}` }));
    expect(await refusal(gateway, createBans, { bans })).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: 'there would be 21 bans; the limit is 20',
    });
    expect(await who()).toEqual([]);
  });
});

describe('banPreview and banConnections', () => {
  const arrange = async (): Promise<void> => {
    for (const [clientId, username] of [
      ['bot-1', 'eve'],
      ['bot-2', 'eve'],
      ['bot-3', undefined],
      ['sensor-17', 'bob'],
    ] as const) {
      await gateway.connect({ clientId, ...(username === undefined ? {} : { username }) });
    }
  };

  test('show whom a ban or a filter hits, and ban exactly those', async () => {
    await arrange();
    const filter = { clientIdPrefix: 'bot-' };
    expect(await hit({ filter })).toEqual([['bot-1', 'bot-2', 'bot-3'], 3]);
    expect(await hit({ filter }, { limit: 1, page: 2 })).toEqual([['bot-2'], 3]);
    expect(await who()).toEqual([]);
    const input = { filter, reason: 'bots', by: 'ops', until: LATER };
    expect(await ask(gateway, banConnections, { input })).toEqual({
      banConnections: { bannedCount: 3, disconnectedCount: 3, isComplete: true, faults: [] },
    });
    expect(await who()).toEqual(['bot-1', 'bot-2', 'bot-3']);
    await refusedToConnect({ clientId: 'bot-2' });
    expect(await hit({ filter: { clientIdPrefix: '' } })).toEqual([['sensor-17'], 1]);
    expect(await ask(gateway, deleteBans, { filter: { by: 'ops', reason: 'bots' } })).toEqual({
      deleteBans: { deletedCount: 3, isComplete: true },
    });
    await gateway.connect({ clientId: 'bot-2' });
  });

  test('know what a ban of each kind would hit', async () => {
    await arrange();
    expect(await hit({ ban: { as: 'CLIENT_ID', who: 'bot-2' } })).toEqual([['bot-2'], 1]);
    expect(await hit({ ban: { as: 'CLIENT_ID', who: 'ghost' } })).toEqual([[], 0]);
    expect(await hit({ ban: { as: 'USERNAME', who: 'eve' } })).toEqual([['bot-1', 'bot-2'], 2]);
    expect(await hit({ ban: { as: 'IP_ADDRESS', who: '127.0.0.2' } })).toEqual([[], 0]);
    expect(await hit({ ban: { as: 'IP_ADDRESS', who: '192.0.2.0/24' } })).toEqual([[], 0]);
    expect(await hit({ filter: { ipAddressRange: '127.0.0.0/8', username: 'eve' } })).toEqual([['bot-1', 'bot-2'], 2]);
    expect(await hit({ filter: { ipAddressRange: '127.0.0.2/31' } })).toEqual([[], 0]);
    for (const [target, code, message] of [
      [{ filter: {} }, 'BAD_USER_INPUT', 'filter must be a filter with at least one field, not {}'],
      [
        { filter: { ipAddressRange: '127.0.0' } },
        'BAD_USER_INPUT',
        "ipAddressRange must be an IP address or a range as 10.0.0.0/8, not '127.0.0'",
      ],
      [
        { ban: { as: 'IP_ADDRESS', who: '127.0.0.0/8' } },
        'PROTECTED',
        "'127.0.0.0/8' cannot be banned: it is your own address, 127.0.0.1",
      ],
    ] as const) {
      expect(await refusal(gateway, preview, { target })).toMatchObject({ code, message });
    }
  });

  test('go by user names, once each, and name clients that have none', async () => {
    await arrange();
    const input = { filter: { clientIdPrefix: 'bot-' }, as: 'USERNAME' };
    expect(await ask(gateway, banConnections, { input })).toEqual({
      banConnections: {
        bannedCount: 1,
        disconnectedCount: 2,
        isComplete: true,
        faults: [{ clientId: 'bot-3', fault: { code: 'BAD_USER_INPUT', message: "who must be a user name, not ''" } }],
      },
    });
    expect(await who()).toEqual(['eve']);
  });

  test('ban no address of the own by accident', async () => {
    await arrange();
    const input = { filter: { clientId: 'bot-1' }, as: 'IP_ADDRESS' };
    expect(await ask(gateway, banConnections, { input })).toMatchObject({
      banConnections: {
        bannedCount: 0,
        disconnectedCount: 0,
        faults: [{ clientId: 'bot-1', fault: { code: 'PROTECTED' } }],
      },
    });
  });

  test('refuse as a whole what is wrong with all: nobody is banned', async () => {
    await arrange();
    const filter = { clientIdPrefix: 'bot-' };
    for (const [input, code, message] of [
      [{ filter: {} }, 'BAD_USER_INPUT', 'filter must be a filter with at least one field, not {}'],
      [{ filter, desc: 'x'.repeat(1025) }, 'LIMIT_EXCEEDED', 'desc has 1025 bytes; the limit is 1024'],
      [
        { filter, until: '1999-12-31T00:00:00Z' },
        'BAD_USER_INPUT',
        "until must be a time in the future, not '1999-12-31T00:00:00.000Z'",
      ],
    ] as const) {
      expect(await refusal(gateway, banConnections, { input })).toMatchObject({ code, message });
    }
    await ask(gateway, createBans, {
      bans: Array.from({ length: 18 }, (_, i) => ({ as: 'CLIENT_ID', who: `c${i}` })),
    });
    expect(await refusal(gateway, banConnections, { input: { filter } })).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: 'there would be 21 bans; the limit is 20',
    });
    expect((await who()).length).toBe(18);
    expect((await hit({ filter }))[1]).toBe(3);
  });
});

describe('bans', () => {
  test('are paged by number and by cursor, which skips nothing when bans end', async () => {
    await ask(gateway, createBans, {
      bans: ['a', 'b', 'c', 'd', 'e'].map((one) => ({ as: 'CLIENT_ID', who: one })),
    });
    expect(await who('(page: { page: 2, limit: 2 })')).toEqual(['c', 'd']);
    type Answer = { bans: { meta: { endCursor: string; count: number } } };
    const { bans } = await ask<Answer>(gateway, '{ bans(page: { limit: 2 }) { meta { endCursor count } } }');
    expect(bans.meta.count).toBe(5);
    await ask(gateway, deleteBan, { input: { as: 'CLIENT_ID', who: 'a' } });
    expect(await who(`(page: { limit: 2, after: "${bans.meta.endCursor}" })`)).toEqual(['c', 'd']);
  });

  test('are found by a filter', async () => {
    await ask(gateway, createBans, {
      bans: [
        { as: 'CLIENT_ID', who: 'a/1', by: 'ops' },
        { as: 'USERNAME', who: 'a/2' },
        { as: 'CLIENT_ID', who: '__proto__' },
      ],
    });
    expect(await who('(filter: { as: CLIENT_ID })')).toEqual(['a/1', '__proto__']);
    expect(await who('(filter: { whoPrefix: "a/" })')).toEqual(['a/1', 'a/2']);
    expect(await who('(filter: { who: "__proto__" })')).toEqual(['__proto__']);
    expect(await who('(filter: { by: "ops", as: USERNAME })')).toEqual([]);
    expect(await ask(gateway, '{ ban(as: CLIENT_ID, who: "constructor") { who } }')).toEqual({ ban: null });
  });

  test('vanish at their end', async () => {
    const until = Date.now() + 300;
    await gateway.gateway.domain.createBan({ ...bare, as: 'CLIENT_ID', who: 'a', until }, null);
    await eventually(async () => (await who()).length === 0, 'the end of the ban');
    expect(Date.now()).toBeGreaterThanOrEqual(until);
    await gateway.connect({ clientId: 'a' });
  });
});

describe('deleteBan and deleteBans', () => {
  test('answer what was there', async () => {
    const input = { as: 'CLIENT_ID', who: 'a/b' };
    await ask(gateway, createBan, { input });
    expect(await ask(gateway, deleteBan, { input })).toEqual({ deleteBan: { ban: { ...bare, ...input } } });
    expect(await ask(gateway, deleteBan, { input })).toEqual({ deleteBan: { ban: null } });
    expect(await ask(gateway, deleteBan, { input: { as: 'IP_ADDRESS', who: 'none' } })).toEqual({
      deleteBan: { ban: null },
    });
  });

  test('need a filter that restricts', async () => {
    await ask(gateway, createBan, { input: { as: 'CLIENT_ID', who: 'a' } });
    expect(await refusal(gateway, deleteBans, { filter: {} })).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'filter must be a filter with at least one field, not {}',
    });
    expect(await ask(gateway, deleteBans, { filter: { whoPrefix: 'b' } })).toEqual({
      deleteBans: { deletedCount: 0, isComplete: true },
    });
    expect(await who()).toEqual(['a']);
  });
});
