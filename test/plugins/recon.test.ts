import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addCallers, authorized } from '../doors/support/callers.ts';
import { post } from '../doors/support/wire.ts';
import { eventually, NODE, startGateway, type TestGateway } from '../support/gateway.ts';

const QUERY = `{ diagnostics {
  nodeName since openFiles cpuUser cpuSystem
  eventLoop { utilization delayMean delayP50 delayP90 delayP99 delayMax }
  memory { residentSet heapTotal heapUsed heapLimit external arrayBuffers heapSpaces { name size used available } }
  garbageCollections { kind count duration longest }
  resources { type count }
} }`;

interface Answer {
  readonly diagnostics: readonly {
    readonly nodeName: string;
    readonly since: string;
    readonly openFiles: number;
    readonly cpuUser: number;
    readonly eventLoop: Readonly<Record<string, number>>;
    readonly memory: Readonly<Record<string, number>> & { readonly heapSpaces: readonly Record<string, unknown>[] };
    readonly garbageCollections: readonly {
      readonly kind: string;
      readonly count: number;
      readonly duration: number;
      readonly longest: number;
    }[];
    readonly resources: readonly { readonly type: string; readonly count: number }[];
  }[];
}

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
  await addCallers(gateway);
});

afterAll(() => gateway.close());

async function diagnostics() {
  const { data } = await gateway.graphql<Answer>(QUERY);
  const [first] = data?.diagnostics ?? [];
  if (!first) throw new Error('no diagnostics');
  return first;
}

/** Keeps the thread busy for so many milliseconds. */
function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('emqx_recon', () => {
  test('is active at first and sees the process', async () => {
    const { nodeName, since, memory, openFiles, cpuUser, resources } = await diagnostics();
    expect(nodeName).toBe(NODE);
    expect(Date.parse(since)).toBeLessThanOrEqual(Date.now());
    const { residentSet, heapTotal, heapUsed, heapLimit, external, arrayBuffers, heapSpaces } = memory;
    expect(heapUsed).toBeGreaterThan(1_000_000);
    expect(heapTotal).toBeGreaterThanOrEqual(heapUsed!);
    expect(heapLimit).toBeGreaterThan(heapTotal!);
    expect(residentSet).toBeGreaterThan(heapUsed!);
    expect(external).toBeGreaterThanOrEqual(arrayBuffers!);
    expect(heapSpaces.map(({ name }) => name)).toContain('old_space');
    expect(cpuUser).toBeGreaterThan(0);
    if (process.platform === 'linux') expect(openFiles).toBeGreaterThan(5);
    expect(resources.find(({ type }) => type === 'TCPServerWrap')?.count).toBeGreaterThanOrEqual(4);
  });

  test('counts clients among the sockets', async () => {
    const sockets = async () =>
      (await diagnostics()).resources.find(({ type }) => type === 'TCPSocketWrap')?.count ?? 0;
    const before = await sockets();
    await Promise.all(Array.from({ length: 5 }, () => gateway.connect()));
    // Both ends of each are in this process.
    expect(await sockets()).toBeGreaterThanOrEqual(before + 8);
  });

  test('sees that the event loop was blocked', async () => {
    await gateway.gateway.domain.changePlugin('emqx_recon', 'reload', null);
    let blocked = 0;
    await eventually(async () => {
      block(200);
      blocked++;
      return (await diagnostics()).eventLoop.delayMax! > 150;
    }, 'the delay to be noticed');
    const { utilization, delayP50, delayP99, delayMax } = (await diagnostics()).eventLoop;
    expect(blocked).toBeGreaterThan(0);
    expect(utilization).toBeGreaterThan(0);
    expect(utilization).toBeLessThanOrEqual(1);
    expect(delayP50).toBeLessThanOrEqual(delayP99!);
    expect(delayP99).toBeLessThanOrEqual(delayMax!);
  });

  test('counts garbage collections, each kind apart', async () => {
    const minor = async () => (await diagnostics()).garbageCollections.find(({ kind }) => kind === 'MINOR');
    let garbage: unknown[] = [];
    await eventually(async () => {
      garbage = Array.from({ length: 300_000 }, (_, i) => ({ i }));
      return ((await minor())?.count ?? 0) > 0;
    }, 'a collection');
    expect(garbage).toHaveLength(300_000);
    const { count = 0, duration = 0, longest = 0 } = (await minor()) ?? {};
    expect(longest).toBeGreaterThan(0);
    expect(duration).toBeGreaterThanOrEqual(longest);
    expect(longest).toBeGreaterThanOrEqual(duration / count);
  });

  test('is not asked while it is unloaded', async () => {
    const { domain } = gateway.gateway;
    await domain.changePlugin('emqx_recon', 'unload', null);
    const { data, errors } = await gateway.graphql<Answer>(QUERY);
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([
      { message: "plugin 'emqx_recon' is not active", extensions: { code: 'NOT_STARTED' } },
    ]);
    await domain.changePlugin('emqx_recon', 'load', null);
    expect((await diagnostics()).nodeName).toBe(NODE);
  });

  test('undoes what it did: a hundred reloads leave no timer and no observer behind', async () => {
    const { domain } = gateway.gateway;
    const count = (): number => process.getActiveResourcesInfo().length;
    await domain.changePlugin('emqx_recon', 'reload', null);
    const before = count();
    for (let i = 0; i < 100; i++) await domain.changePlugin('emqx_recon', 'reload', null);
    expect(count()).toBeLessThan(before + 10);
  });

  test.each([
    ['app-viewer', 'FORBIDDEN'],
    ['app-operator', undefined],
  ])('answers %s with %s', async (name, code) => {
    const { json } = await post(gateway.httpUrl, '{ diagnostics { nodeName } }', authorized(name));
    expect(json.errors?.[0]?.extensions.code).toBe(code);
  });
});
