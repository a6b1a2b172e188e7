import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addCallers, authorized } from '../doors/support/callers.ts';
import { NODE, startGateway, type TestGateway } from '../support/gateway.ts';

interface Row {
  readonly id: string;
  readonly severity: string;
  readonly raisedAt: string;
  readonly clearedAt: string | null;
}

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
  await addCallers(gateway);
});

afterAll(() => gateway.close());

beforeEach(() => {
  const { alarms } = gateway.gateway;
  for (const { id } of alarms.present()) alarms.clear(id);
  alarms.forget();
  alarms.raise({ id: 'hot', severity: 'warning', title: 'It is hot', summary: 'It is 41 degrees', value: '41.0' });
  for (const id of ['one', 'two', 'three']) {
    alarms.raise({ id, severity: 'critical', title: 'It was', summary: 'and is no more' });
    alarms.clear(id);
  }
});

const CLEAR = 'mutation ($input: ClearAlarmInput!) { clearAlarm(input: $input) { alarms { id clearedAt nodeName } } }';
const DELETE = 'mutation ($input: DeleteAlarmHistoryInput!) { deleteAlarmHistory(input: $input) { deletedCount } }';

const presentIds = async (): Promise<string[]> => {
  const { data } = await gateway.graphql<{ alarms: Row[] }>('{ alarms { id } }');
  return data!.alarms.map(({ id }) => id);
};

const codesOf = ({ errors }: { errors?: readonly { readonly extensions: Record<string, unknown> }[] }) =>
  errors?.map(({ extensions }) => extensions.code);

describe('alarms', () => {
  test('answers those that stand, with their times in UTC', async () => {
    const text = '{ alarms { id severity title summary value raisedAt clearedAt nodeName } }';
    const { data } = await gateway.graphql<{ alarms: Row[] }>(text);
    expect(data).toEqual({
      alarms: [
        {
          id: 'hot',
          severity: 'WARNING',
          title: 'It is hot',
          summary: 'It is 41 degrees',
          value: '41.0',
          raisedAt: new Date(gateway.gateway.alarms.present()[0]!.raisedAt).toISOString(),
          clearedAt: null,
          nodeName: NODE,
        },
      ],
    });
  });

  test('answers those of one node, and refuses an unknown one', async () => {
    const ask = (node: string) =>
      gateway.graphql<{ alarms: Row[] }>('query ($node: ID) { alarms(node: $node) { id } }', { node });
    expect((await ask(NODE)).data).toEqual({ alarms: [{ id: 'hot' }] });
    expect((await ask('nowhere')).errors).toMatchObject([
      { message: "node 'nowhere' is unknown", extensions: { code: 'NOT_FOUND', argument: 'node' } },
    ]);
  });
});

describe('alarmHistory', () => {
  const ask = (page: unknown) =>
    gateway.graphql<{ alarmHistory: { items: Row[]; meta: { count: number; endCursor: string | null } } }>(
      'query ($page: PageInput) { alarmHistory(page: $page) { items { id value } meta { count endCursor } } }',
      { page },
    );

  test('answers those that ended, the last one first', async () => {
    const { data } = await ask(null);
    expect(data?.alarmHistory.items).toEqual(['three', 'two', 'one'].map((id) => ({ id, value: null })));
    expect(data?.alarmHistory.meta.count).toBe(3);
  });

  test('answers pages by number and by cursor', async () => {
    const { data } = await ask({ limit: 2 });
    expect(data?.alarmHistory.items.map(({ id }) => id)).toEqual(['three', 'two']);
    const after = await ask({ after: data!.alarmHistory.meta.endCursor });
    expect(after.data?.alarmHistory.items.map(({ id }) => id)).toEqual(['one']);
    expect((await ask({ limit: 2, page: 2 })).data?.alarmHistory.items.map(({ id }) => id)).toEqual(['one']);
    expect(codesOf(await ask({ after: 'nonsense' }))).toEqual(['CURSOR_EXPIRED']);
    expect(codesOf(await ask({ limit: 0 }))).toEqual(['BAD_USER_INPUT']);
  });
});

describe('clearAlarm', () => {
  test('ends an alarm, which is in the history then', async () => {
    const { data } = await gateway.graphql<{ clearAlarm: { alarms: Row[] } }>(CLEAR, { input: { id: 'hot' } });
    expect(data?.clearAlarm.alarms).toEqual([{ id: 'hot', clearedAt: expect.any(String) as string, nodeName: NODE }]);
    expect(await presentIds()).toEqual([]);
    const history = await gateway.graphql('{ alarmHistory(page: { limit: 1 }) { items { id } } }');
    expect(history.data).toEqual({ alarmHistory: { items: [{ id: 'hot' }] } });
  });

  test('refuses one that does not stand, and changes nothing', async () => {
    for (const id of ['cold', 'one', '', '__proto__']) {
      const { data, errors } = await gateway.graphql(CLEAR, { input: { id } });
      expect({ data, errors }).toMatchObject({
        data: null,
        errors: [{ message: `alarm '${id}' does not stand`, extensions: { code: 'NOT_FOUND', argument: 'id' } }],
      });
    }
    expect(codesOf(await gateway.graphql(CLEAR, { input: { id: 'hot', node: 'nowhere' } }))).toEqual(['NOT_FOUND']);
    expect(await presentIds()).toEqual(['hot']);
  });
});

describe('deleteAlarmHistory', () => {
  test('forgets those that ended, and no others', async () => {
    expect((await gateway.graphql(DELETE, { input: { node: NODE } })).data).toEqual({
      deleteAlarmHistory: { deletedCount: 3 },
    });
    expect((await gateway.graphql(DELETE, { input: {} })).data).toEqual({ deleteAlarmHistory: { deletedCount: 0 } });
    expect(await presentIds()).toEqual(['hot']);
  });
});

describe('a viewer', () => {
  test('reads alarms, and changes none', async () => {
    const ask = async (query: string, variables: unknown = {}) => {
      const response = await fetch(`${gateway.httpUrl}/graphql`, {
        method: 'POST',
        headers: { ...authorized('app-viewer'), 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as { data: unknown; errors?: { extensions: Record<string, unknown> }[] };
    };
    expect((await ask('{ alarms { id } alarmHistory { meta { count } } }')).data).toEqual({
      alarms: [{ id: 'hot' }],
      alarmHistory: { meta: { count: 3 } },
    });
    expect(codesOf(await ask(CLEAR, { input: { id: 'hot' } }))).toEqual(['FORBIDDEN']);
    expect(codesOf(await ask(DELETE, { input: {} }))).toEqual(['FORBIDDEN']);
    expect(await presentIds()).toEqual(['hot']);
  });
});
