import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HotSettings, type SettingChange } from '../../src/config/hot/hot-settings.ts';
import { configTables } from '../../src/config/hot/register-config.ts';
import type { Given, Layer } from '../../src/config/layer.ts';
import { both, credential, optional, rowsOf, type Setting, setting, type Values } from '../../src/config/setting.ts';
import * as types from '../../src/config/setting-types.ts';
import { BrokerError } from '../../src/domain.ts';
import { packageRoot } from '../../src/package.ts';
import { openStore, type Store } from '../../src/store/store.ts';

const table = {
  size: setting({
    path: 'sample.size',
    env: null,
    flag: null,
    type: types.whole(1, 10_485_760, 'bytes'),
    default: 1024,
    description: 'A size.',
  }),
  timing: {
    wait: setting({
      path: 'sample.wait',
      env: 'BROKERQL_SAMPLE_WAIT',
      flag: '--sample-wait',
      type: types.whole(0, 604_800, 'seconds'),
      default: 30,
      description: 'A time.',
    }),
  },
  mode: setting({
    path: 'sample.mode',
    env: null,
    flag: null,
    type: types.oneOf(['fast', 'slow']),
    default: 'fast',
    description: 'A word.',
  }),
  isOn: setting({
    path: 'sample.on',
    env: null,
    flag: null,
    type: types.onOff,
    default: 'off',
    description: 'A flag.',
  }),
  filters: setting({
    path: 'sample.filters',
    env: null,
    flag: null,
    type: types.topicFilters,
    default: [],
    description: 'A list.',
  }),
  note: optional({ path: 'sample.note', env: null, flag: null, type: types.secretText, description: 'A text.' }),
  token: setting({
    path: 'sample.token',
    env: null,
    flag: null,
    type: types.secretText,
    default: 'none',
    secret: true,
    description: 'A secret.',
  }),
  login: both({
    user: credential({
      path: 'sample.user',
      env: null,
      type: types.accountName,
      secret: false,
      description: 'One of a pair.',
    }),
    password: credential({
      path: 'sample.password',
      env: null,
      type: types.secretText,
      secret: true,
      description: 'The other one.',
    }),
  }),
  port: setting({
    path: 'sample.port',
    env: null,
    flag: null,
    type: types.port,
    default: 1,
    needsRestart: true,
    description: 'A port.',
  }),
};

type Sample = Values<typeof table>;

let folder: string;
let store: Store;
let passedOver: [app: string, key: string, reason: string][];
let faults: unknown[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
  store = await openStore(folder);
  passedOver = [];
  faults = [];
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The registry as a process finds it when it starts, on this store unless another one is given. */
const open = (on: Store = store): Promise<HotSettings> =>
  HotSettings.open(on, {
    onPassedOver: (app, key, reason) => passedOver.push([app, key, reason]),
    onFault: (fault) => faults.push(fault),
  });

const given: Layer = new Map<Setting<unknown>, Given>([
  [table.timing.wait, { value: 60, source: 'ENVIRONMENT', origin: 'BROKERQL_SAMPLE_WAIT' }],
  [table.mode, { value: 'slow', source: 'FILE', origin: 'a.yaml: sample.mode' }],
]);

async function opened(apply?: (values: Sample) => Promise<void> | void) {
  const hot = await open();
  const live = hot.register({ app: 'sample', table, given, ...(apply && { apply }) });
  return { hot, live };
}

const set = (hot: HotSettings, key: string, value: unknown) =>
  hot.change({ app: 'sample', set: [{ key, value }] }, 'alice');
const replace = (hot: HotSettings, values: Record<string, unknown>) =>
  hot.change({ app: 'sample', replace: Object.entries(values).map(([key, value]) => ({ key, value })) }, 'alice');
const reset = (hot: HotSettings, key: string) => hot.change({ app: 'sample', reset: [key] }, 'alice');

/** Value and source of a setting as a list shows them. */
function shownOf(hot: HotSettings, key: string) {
  const item = hot.list('sample').find((one) => one.key === key);
  return item && { value: item.value, text: item.text, source: item.source };
}

const refusalOf = async (change: Promise<unknown>): Promise<{ code: string; message: string; details: object }> => {
  const refused = await change.then(
    () => null,
    (error) => error,
  );
  expect(refused).toBeInstanceOf(BrokerError);
  const { code, message, details } = refused as BrokerError;
  return { code, message, details };
};

describe('a setting', () => {
  test('has the value of who goes before the others, and says who that is', async () => {
    const { hot } = await opened();
    expect(shownOf(hot, 'sample.size')).toEqual({ value: 1024, text: '1024', source: 'DEFAULT' });
    expect(shownOf(hot, 'sample.mode')).toEqual({ value: 'slow', text: 'slow', source: 'FILE' });
    expect(shownOf(hot, 'sample.wait')).toEqual({ value: 60, text: '60', source: 'ENVIRONMENT' });
    await set(hot, 'sample.wait', 90);
    expect(shownOf(hot, 'sample.wait')).toEqual({ value: 90, text: '90', source: 'OVERRIDE' });
  });

  test('is described whole', async () => {
    const { hot } = await opened();
    expect(hot.list('sample')[1]).toEqual({
      app: 'sample',
      key: 'sample.wait',
      value: 60,
      text: '60',
      isSet: true,
      defaultValue: 30,
      datatype: 'integer, duration',
      description: 'A time.',
      range: 'a whole number of seconds from 0 to 604800',
      choices: [],
      source: 'ENVIRONMENT',
      needsRestart: false,
      isSecret: false,
      effect: null,
      variable: 'BROKERQL_SAMPLE_WAIT',
      flag: '--sample-wait',
    });
    const datatypes = hot.list('sample').map(({ key, datatype }) => [key, datatype]);
    expect(datatypes).toEqual([
      ['sample.size', 'bytesize'],
      ['sample.wait', 'integer, duration'],
      ['sample.mode', 'enum'],
      ['sample.on', 'flag'],
      ['sample.filters', 'string'],
      ['sample.note', 'string'],
      ['sample.token', 'string'],
      ['sample.user', 'string'],
      ['sample.password', 'string'],
      ['sample.port', 'integer'],
    ]);
    expect(hot.list('sample')[2]?.choices).toEqual(['fast', 'slow']);
  });

  test.each([
    ['sample.size', '4096', 4096],
    ['sample.size', '1MB', 1_048_576],
    ['sample.size', '2kb', 2048],
    ['sample.size', 77, 77],
    ['sample.wait', '2h', 7200],
    ['sample.wait', '1d', 86_400],
    ['sample.wait', '5', 5],
    ['sample.mode', 'slow', 'slow'],
    ['sample.on', 'on', 'on'],
    ['sample.on', 'true', 'on'],
    ['sample.on', 'false', 'off'],
    ['sample.filters', 'a/#, b', ['a/#', 'b']],
    ['sample.filters', '["a,b","c"]', ['a,b', 'c']],
    ['sample.filters', ['x'], ['x']],
    ['sample.filters', '', []],
    ['sample.note', 'hello', 'hello'],
  ])('%s takes %j', async (key, value, expected) => {
    const { hot } = await opened();
    const [item] = await set(hot, key, value);
    expect(item).toMatchObject({ key, value: expected, source: 'OVERRIDE' });
    // What is read can be written back.
    const [again] = await set(hot, key, item?.text);
    expect(again).toEqual(item);
  });

  test.each([
    ['sample.size', '0', "sample.size must be a whole number of bytes from 1 to 10485760, not '0'"],
    ['sample.size', '1TB', "sample.size must be a whole number of bytes from 1 to 10485760, not '1TB'"],
    ['sample.size', '-1', "sample.size must be a whole number of bytes from 1 to 10485760, not '-1'"],
    ['sample.size', '1.5', "sample.size must be a whole number of bytes from 1 to 10485760, not '1.5'"],
    ['sample.size', 1.5, 'sample.size must be a whole number of bytes from 1 to 10485760, not 1.5'],
    ['sample.size', null, 'sample.size must be a whole number of bytes from 1 to 10485760, not null'],
    ['sample.size', { a: 1 }, 'sample.size must be a whole number of bytes from 1 to 10485760, not {"a":1}'],
    ['sample.wait', '2 hours', "sample.wait must be a whole number of seconds from 0 to 604800, not '2 hours'"],
    ['sample.wait', '9999w', "sample.wait must be a whole number of seconds from 0 to 604800, not '9999w'"],
    ['sample.mode', 'Fast', "sample.mode must be one of fast, slow, not 'Fast'"],
    ['sample.mode', '', "sample.mode must be one of fast, slow, not ''"],
    ['sample.on', 'yes', "sample.on must be one of off, on, not 'yes'"],
    ['sample.filters', '["a",', 'sample.filters must be a list of topic filters, not \'["a",\''],
    ['sample.filters', ['a', ''], "sample.filters must be a list of topic filters, not ''"],
    ['sample.filters', [['a']], 'sample.filters must be a list of topic filters, not [["a"]]'],
  ])('%s refuses %j', async (key, value, message) => {
    const { hot, live } = await opened();
    const before = structuredClone(live);
    expect(await refusalOf(set(hot, key, value))).toMatchObject({ code: 'BAD_USER_INPUT', message });
    expect(live).toEqual(before);
    expect((await open()).register({ app: 'sample', table, given })).toEqual(before);
  });

  test('is not as long as somebody likes', async () => {
    const { hot } = await opened();
    expect(await refusalOf(set(hot, 'sample.note', 'x'.repeat(65_537)))).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: 'sample.note has 65537 bytes; the limit is 65536',
    });
  });

  test('that is unknown is refused, and so is an app', async () => {
    const { hot } = await opened();
    expect(await refusalOf(set(hot, 'sample.sise', 1))).toEqual({
      code: 'BAD_USER_INPUT',
      message: "'sample' has no setting 'sample.sise'",
      details: { argument: 'key', value: 'sample.sise' },
    });
    expect(await refusalOf(reset(hot, '__proto__'))).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: "'sample' has no setting '__proto__'",
    });
    expect(await refusalOf(hot.change({ app: 'constructor', reset: ['a'] }, null))).toMatchObject({
      code: 'NOT_FOUND',
      message: "app 'constructor' is unknown",
    });
    expect(() => hot.list('nope')).toThrow("app 'nope' is unknown");
  });

  test('that needs a restart says where it is set', async () => {
    const { hot } = await opened();
    expect(await refusalOf(set(hot, 'sample.port', 2))).toEqual({
      code: 'PROTECTED',
      message: 'sample.port cannot change while the program runs; sample.port is set in the file only',
      details: { argument: 'key', value: 'sample.port' },
    });
  });
});

describe('a change', () => {
  test('counts at once in the object that was answered, and after a restart', async () => {
    const { hot, live } = await opened();
    const { timing } = live;
    await set(hot, 'sample.wait', '1m');
    await set(hot, 'sample.size', 5);
    expect([live.size, timing.wait]).toEqual([5, 60]);
    const later = await opened();
    expect(later.live).toEqual(live);
    expect(shownOf(later.hot, 'sample.wait')).toEqual({ value: 60, text: '60', source: 'OVERRIDE' });
    expect(passedOver).toEqual([]);
  });

  test('is taken back by a reset, which uncovers what it hid', async () => {
    const { hot, live } = await opened();
    await set(hot, 'sample.mode', 'fast');
    expect(await reset(hot, 'sample.mode')).toMatchObject([{ key: 'sample.mode', value: 'slow', source: 'FILE' }]);
    expect(live.mode).toBe('slow');
    expect(await reset(hot, 'sample.mode')).toMatchObject([{ value: 'slow', source: 'FILE' }]);
    expect((await opened()).live.mode).toBe('slow');
  });

  test('tells who listens, and nobody when nothing changed', async () => {
    const { hot } = await opened();
    const told: SettingChange[] = [];
    const end = hot.changed.listen((change) => told.push(change));
    await set(hot, 'sample.size', '2KB');
    await set(hot, 'sample.size', 2048);
    await set(hot, 'sample.token', 'hush');
    await reset(hot, 'sample.size');
    await set(hot, 'sample.size', 0).catch(() => {});
    end();
    await set(hot, 'sample.size', 3);
    expect(told).toEqual([
      { app: 'sample', key: 'sample.size', before: 1024, value: 2048, source: 'OVERRIDE', by: 'alice' },
      { app: 'sample', key: 'sample.token', before: '******', value: '******', source: 'OVERRIDE', by: 'alice' },
      { app: 'sample', key: 'sample.size', before: 2048, value: 1024, source: 'DEFAULT', by: 'alice' },
    ]);
  });

  test('of the same app waits for the one before, and sees what that left', async () => {
    const applied: number[] = [];
    let underWay = 0;
    const { hot, live } = await opened(async ({ size }) => {
      expect(++underWay).toBe(1);
      await new Promise(setImmediate);
      applied.push(size);
      underWay--;
    });
    await Promise.all([set(hot, 'sample.size', 1), set(hot, 'sample.wait', 1), set(hot, 'sample.size', 2)]);
    expect(applied).toEqual([1, 1, 2]);
    expect([live.size, live.timing.wait]).toEqual([2, 1]);
  });

  test('that is not taken into use changes nothing, and the next one is made all the same', async () => {
    let isWilling = false;
    const { hot, live } = await opened(() => {
      if (!isWilling) throw new BrokerError('PLUGIN_FAILED', 'there is nobody at 10.0.0.1');
    });
    const told: SettingChange[] = [];
    hot.changed.listen((change) => told.push(change));
    const before = structuredClone(live);
    expect(await refusalOf(set(hot, 'sample.size', 7))).toMatchObject({
      code: 'PLUGIN_FAILED',
      message: 'there is nobody at 10.0.0.1',
    });
    expect(live).toEqual(before);
    expect(hot.valuesOf('sample')).toEqual(before);
    expect((await opened()).live).toEqual(before);
    isWilling = true;
    await set(hot, 'sample.size', 8);
    expect(live.size).toBe(8);
    expect(told.map(({ value }) => value)).toEqual([8]);
  });

  test('that is not stored is taken back from where it was taken into use', async () => {
    const applied: number[] = [];
    let isFull = true;
    const failing: Store = {
      ...store,
      batch: (changes) => (isFull ? Promise.reject(new Error('the disk is full')) : store.batch(changes)),
    };
    const hot = await open(failing);
    const live = hot.register({ app: 'sample', table, given, apply: ({ size }) => void applied.push(size) });
    expect(await refusalOf(set(hot, 'sample.size', 7))).toMatchObject({
      code: 'UNAVAILABLE',
      message: 'the store takes no writes; try again later',
    });
    expect(applied).toEqual([7, 1024]);
    expect([live.size, shownOf(hot, 'sample.size')?.source]).toEqual([1024, 'DEFAULT']);
    isFull = false;
    await set(hot, 'sample.size', 9);
    expect([applied.at(-1), live.size]).toEqual([9, 9]);
  });
});

describe('a replacement', () => {
  test('sets what it has, and leaves the others to who spoke before', async () => {
    const { hot, live } = await opened();
    await set(hot, 'sample.size', 5);
    await set(hot, 'sample.mode', 'fast');
    await replace(hot, { 'sample.wait': '7', 'sample.on': 'on' });
    expect(live).toMatchObject({ size: 1024, mode: 'slow', timing: { wait: 7 }, isOn: 'on' });
    expect((await opened()).live).toEqual(live);
    await replace(hot, {});
    expect(live).toMatchObject({ timing: { wait: 60 }, isOn: 'off' });
  });

  test.each(['text', 'value'] as const)('of all that a list shows as %s changes nothing', async (field) => {
    const { hot, live } = await opened();
    await set(hot, 'sample.token', 'hush');
    await set(hot, 'sample.filters', ['a,b']);
    const before = structuredClone(live);
    await replace(hot, Object.fromEntries(hot.list('sample').map((item) => [item.key, item[field]])));
    expect(live).toEqual(before);
    expect((await opened()).live).toEqual(before);
  });

  test('is made whole or not at all', async () => {
    const { hot, live } = await opened();
    await set(hot, 'sample.size', 5);
    const before = structuredClone(live);
    expect(await refusalOf(replace(hot, { 'sample.size': 6, 'sample.mode': 'x' }))).toMatchObject({
      message: "sample.mode must be one of fast, slow, not 'x'",
    });
    expect(await refusalOf(replace(hot, { 'sample.size': 6, 'sample.port': '2' }))).toMatchObject({
      code: 'PROTECTED',
    });
    const twice = [
      { key: 'sample.size', value: 1 },
      { key: 'sample.size', value: 2 },
    ];
    expect(await refusalOf(hot.change({ app: 'sample', replace: twice }, null))).toMatchObject({
      message: "key must be given once, not 'sample.size'",
    });
    expect(live).toEqual(before);
    expect((await opened()).live).toEqual(before);
  });

  test('gives both of a pair, or neither', async () => {
    const { hot, live } = await opened();
    expect(await refusalOf(replace(hot, { 'sample.user': 'bob' }))).toMatchObject({
      code: 'BAD_USER_INPUT',
      message:
        'sample.user is set without sample.password; set both or neither (sample.password is set in the file only)',
    });
    expect(live.login).toBeNull();
    await replace(hot, { 'sample.user': 'bob', 'sample.password': 'hush' });
    expect(live.login).toEqual({ user: 'bob', password: 'hush' });
    expect((await opened()).live.login).toEqual({ user: 'bob', password: 'hush' });
    expect(await refusalOf(reset(hot, 'sample.user'))).toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

describe('a secret', () => {
  test('is shown to nobody, and stays what it is when its mask is sent back', async () => {
    const { hot, live } = await opened();
    await set(hot, 'sample.token', 'hush');
    expect(shownOf(hot, 'sample.token')).toEqual({ value: '******', text: '******', source: 'OVERRIDE' });
    await set(hot, 'sample.token', '******');
    await replace(hot, { 'sample.token': '******', 'sample.size': 4 });
    expect(live).toMatchObject({ token: 'hush', size: 4 });
    expect((await opened()).live.token).toBe('hush');
    await replace(hot, {});
    expect(live.token).toBe('none');
    await replace(hot, { 'sample.token': '******' });
    expect(shownOf(hot, 'sample.token')?.source).toBe('DEFAULT');
  });

  test('is in no refusal', async () => {
    const { hot } = await opened();
    const secret = 'x'.repeat(300);
    expect(await refusalOf(set(hot, 'sample.token', secret))).toEqual({
      code: 'BAD_USER_INPUT',
      message: 'sample.token must be 1 to 256 bytes of text',
      details: { argument: 'value' },
    });
  });
});

describe('a stored value', () => {
  const stored = (key: string, value: unknown) => store.space<{ value: unknown }>('settings').put(key, { value });

  test('that its setting refuses by now, or that is of nobody, is passed over and told', async () => {
    await stored('sample/sample.size', 0);
    await stored('sample/sample.port', 99);
    await stored('sample/sample.mode', 'fast');
    await stored('sample/sample.gone', 1);
    await stored('gone/a', 1);
    const { hot, live } = await opened();
    hot.begin();
    expect([live.size, live.port, live.mode]).toEqual([1024, 1, 'fast']);
    expect(passedOver).toEqual([
      ['sample', 'sample.size', 'sample.size must be a whole number of bytes from 1 to 10485760, not 0'],
      ['sample', 'sample.port', 'it cannot change while the program runs'],
      ['gone', 'a', 'there is no such setting'],
      ['sample', 'sample.gone', 'there is no such setting'],
    ]);
  });

  test('that does not go with the others is passed over alone', async () => {
    await stored('sample/sample.user', 'bob');
    await stored('sample/sample.size', 5);
    const { hot, live } = await opened();
    expect([live.login, live.size]).toEqual([null, 5]);
    expect(passedOver).toEqual([
      [
        'sample',
        'sample.user',
        'sample.user is set without sample.password; set both or neither (sample.password is set in the file only)',
      ],
    ]);
    await set(hot, 'sample.wait', 9);
    const later = await opened();
    expect([later.live.login, later.live.size, later.live.timing.wait]).toEqual([null, 5, 9]);
  });

  test.each([
    ['sample.fast', 'on', 'while the file has neither', 'off'],
    ['sample.on', 'off', 'while the file has both', 'on'],
  ] as const)('%s = %s, where one needs the other, is passed over alone %s', async (key, value, _, inFile) => {
    const word = { env: null, flag: null, type: types.onOff, default: 'off', description: 'A flag.' } as const;
    const pair = {
      isOn: setting({ path: 'sample.on', ...word }),
      isFast: setting({ path: 'sample.fast', ...word, needs: 'sample.on' }),
      size: table.size,
    };
    const file: Layer = new Map<Setting<unknown>, Given>([
      [pair.isOn, { value: inFile, source: 'FILE', origin: 'a.yaml: sample.on' }],
      [pair.isFast, { value: inFile, source: 'FILE', origin: 'a.yaml: sample.fast' }],
    ]);
    await stored(`pair/${key}`, value);
    await stored('pair/sample.size', 5);
    const live = (await open()).register({ app: 'pair', table: pair, given: file });
    expect(live).toEqual({ isOn: inFile, isFast: inFile, size: 5 });
    expect(passedOver.map(([, path]) => path)).toEqual([key]);
  });

  test('that was passed over goes with a reset', async () => {
    await stored('sample/sample.size', 0);
    const { hot } = await opened();
    await reset(hot, 'sample.size');
    passedOver = [];
    await opened();
    expect(passedOver).toEqual([]);
  });
});

test('every setting of the broker that can change while it runs is changed by a test', () => {
  const tests = ['hot', 'bans', 'alarms'].flatMap((folder) =>
    readdirSync(join(packageRoot, 'test', folder))
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => readFileSync(join(packageRoot, 'test', folder, name), 'utf8')),
  );
  const rows = Object.values(configTables).flatMap((each) => rowsOf(each));
  const hot = rows.filter(({ needsRestart }) => !needsRestart).map(({ path }) => path);
  expect(hot.filter((path) => !tests.some((text) => text.includes(`'${path}'`)))).toEqual([]);
});
