import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { LOCAL_TIME, NOT_FOUND, PROFILES, type ProfileName, spelled } from './support/profiles.ts';

/** Where a release has its alarms. */
const PRESENT = { '3.0-beta': '/alarms', '3.0': '/alarms', '3.1': '/alarms', '3.2': '/alarms/present' } as const;

const start = (profile: ProfileName, folder?: string): Promise<TestGateway> =>
  startGateway('', { BROKERQL_REST_PROFILE: profile }, folder);

/** Ends what the machine of the tests may be short of. */
function quiet({ gateway: { alarms } }: TestGateway): void {
  for (const { id } of alarms.present()) alarms.clear(id);
  alarms.forget();
}

const DISK = { severity: 'critical', title: 'Disk full', summary: 'Disk usage over 95%' } as const;
const CPU = { severity: 'warning', title: 'The processor is busy', summary: 'It takes 83.5 %', value: '83.5' } as const;

describe.each(PROFILES)('alarms in the spelling of %s', (profile) => {
  let gateway: TestGateway;
  const path = PRESENT[profile];
  const isFlat = profile === '3.0-beta' || profile === '3.0';
  const { value, ...cpu } = CPU;
  const rows = isFlat
    ? [
        { id: 'disk_full', ...DISK, timestamp: LOCAL_TIME },
        { id: 'cpu_high_watermark', ...cpu, timestamp: LOCAL_TIME },
      ]
    : [
        { id: 'disk_full', desc: { ...DISK, timestamp: LOCAL_TIME } },
        { id: 'cpu_high_watermark', desc: value },
      ];

  beforeAll(async () => {
    gateway = await start(profile);
    quiet(gateway);
  });

  afterAll(() => gateway.close());

  test(`GET ${path} lists each node, also one that has none`, async () => {
    const nodes = [{ node: NODE, alarms: [] }];
    const { status, json } = await gateway.rest(path);
    expect({ status, json }).toEqual({ status: 200, json: spelled(profile, nodes, { code: 0, data: nodes }) });
  });

  test(`GET ${path}/:node answers an empty list when there are none`, async () => {
    const { status, json } = await gateway.rest(`${path}/${NODE}`);
    expect({ status, json }).toEqual({ status: 200, json: spelled(profile, [], { code: 0, data: [] }) });
  });

  describe('when some stand', () => {
    beforeAll(() => {
      const { alarms } = gateway.gateway;
      alarms.raise({ id: 'disk_full', ...DISK });
      alarms.raise({ id: 'cpu_high_watermark', ...CPU });
      alarms.raise({ id: 'past', severity: 'error', title: 'It was', summary: 'and is no more' });
      alarms.clear('past');
    });

    test.each([path, `${path}/`])('GET %s lists those of each node, the oldest first', async (asked) => {
      const nodes = [{ node: NODE, alarms: rows }];
      const { status, json } = await gateway.rest(asked);
      expect({ status, json }).toEqual({ status: 200, json: spelled(profile, nodes, { code: 0, data: nodes }) });
    });

    test.each([`${path}/${NODE}`, `${path}/${NODE}/`])('GET %s lists those of the node', async (asked) => {
      const { status, json } = await gateway.rest(asked);
      expect({ status, json }).toEqual({ status: 200, json: spelled(profile, rows, { code: 0, data: rows }) });
    });

    test('tells the time since when they stand, local and without a zone', async () => {
      if (!isFlat) return;
      const { text } = await gateway.rest(path);
      const [, date, time] = /"timestamp":"([\d-]+) ([\d:]+)"/.exec(text) ?? [];
      const { raisedAt } = gateway.gateway.alarms.present()[0]!;
      expect(Date.parse(`${date}T${time}+05:30`)).toBe(Math.floor(raisedAt / 1000) * 1000);
    });
  });

  test.each(['brokerql@10.0.0.9', 'present', 'history', '%20', '__proto__'])(
    `GET ${path}/%s does not know the node`,
    async (node) => {
      const { status, text } = await gateway.rest(`${path}/${node}`);
      expect({ status, text }).toEqual(NOT_FOUND);
    },
  );

  test('nothing but reading is there', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) {
      for (const asked of [path, `${path}/${NODE}`]) {
        const { status, text } = await gateway.rest(asked, { method });
        expect({ status, text }).toEqual(NOT_FOUND);
      }
    }
  });
});

describe('alarms of 3.2', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await start('3.2');
    quiet(gateway);
    const { alarms } = gateway.gateway;
    alarms.raise({ id: 'disk_full', ...DISK });
    alarms.raise({ id: 'cpu_high_watermark', ...CPU });
    for (const id of ['disk_full', 'cpu_high_watermark']) alarms.clear(id);
  });

  afterAll(() => gateway.close());

  const rows = [
    { id: 'cpu_high_watermark', desc: '83.5', clear_at: LOCAL_TIME },
    { id: 'disk_full', desc: { ...DISK, timestamp: LOCAL_TIME }, clear_at: LOCAL_TIME },
  ];

  test('GET /alarms/history lists those of each node that ended, the last one first', async () => {
    const { status, json } = await gateway.rest('/alarms/history');
    expect({ status, json }).toEqual({ status: 200, json: { code: 0, data: [{ node: NODE, alarms: rows }] } });
  });

  test('GET /alarms/history/:node lists those of the node', async () => {
    const { status, json } = await gateway.rest(`/alarms/history/${NODE}`);
    expect({ status, json }).toEqual({ status: 200, json: { code: 0, data: rows } });
  });

  test('GET /alarms/history/:node does not know another node', async () => {
    const { status, text } = await gateway.rest('/alarms/history/brokerql@10.0.0.9');
    expect({ status, text }).toEqual(NOT_FOUND);
  });

  test.each(['/alarms', '/alarms/', `/alarms/${NODE}`])('GET %s is not there any more', async (path) => {
    const { status, text } = await gateway.rest(path);
    expect({ status, text }).toEqual(NOT_FOUND);
  });
});

describe.each(['3.0-beta', '3.0', '3.1'] as const)('the history in the spelling of %s', (profile) => {
  test('is not there', async () => {
    const gateway = await start(profile);
    for (const path of ['/alarms/history', `/alarms/history/${NODE}`, '/alarms/present', `/alarms/present/${NODE}`]) {
      const { status, text } = await gateway.rest(path);
      expect([path, { status, text }]).toEqual([path, NOT_FOUND]);
    }
    await gateway.close();
  });
});

describe('after a restart on the same folder', () => {
  test('alarms stand as they stood, those that ended are remembered, and one whose cause is gone ends', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
    const first = await start('3.2', folder);
    quiet(first);
    const { alarms } = first.gateway;
    alarms.raise({ id: 'planted', severity: 'error', title: 'Planted', summary: 'It stands' });
    alarms.raise({ id: 'store_full', ...DISK });
    alarms.raise({ id: 'past', severity: 'error', title: 'It was', summary: 'and is no more' });
    alarms.clear('past');
    const [before] = alarms.present();
    await first.close();

    const second = await start('3.2', folder);
    const standing = second.gateway.alarms.present().filter(({ id }) => ['planted', 'store_full'].includes(id));
    expect(standing).toEqual([before]);
    const { json } = await second.rest(`/alarms/history/${NODE}`);
    expect(json).toMatchObject({ data: [{ id: 'store_full' }, { id: 'past' }] });
    await second.close();
    rmSync(folder, { recursive: true });
  });
});
