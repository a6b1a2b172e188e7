import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectWire } from '../broker/wire.ts';
import { startWatched, type WatchedGateway } from './support/watched.ts';

describe('$SYS/brokers/<node>/alarms', () => {
  let gateway: WatchedGateway;

  beforeAll(async () => {
    gateway = await startWatched({ check_interval: 3600 });
  });

  afterAll(() => gateway.close());

  test('tells who may read it of alarms and of their ends, as EMQ X 3.1 does', async () => {
    const reader = await connectWire(gateway, { clientId: 'watcher' });
    expect(await reader.subscribe(['$SYS/brokers/brokerql@127.0.0.1/alarms/+', 1])).toEqual([1]);
    const { alarms } = gateway.gateway;
    alarms.raise({ id: 'disk_full', severity: 'critical', title: 'Disk full', summary: 'Disk usage over 95%' });
    alarms.raise({ id: 'cpu_high_watermark', severity: 'warning', title: 'Busy', summary: 'It is', value: '83.5' });
    alarms.raise({ id: 'cpu_high_watermark', severity: 'warning', title: 'Busy', summary: 'It is', value: '84.0' });
    alarms.clear('disk_full');
    const told: unknown[] = [];
    for (let i = 0; i < 3; i++) {
      const { topic, payload, qos, retain } = await reader.next('publish');
      told.push({ topic, qos, retain, json: JSON.parse(payload.toString()) as unknown });
    }
    const told0 = { qos: 0, retain: false };
    const time = expect.any(Number) as number;
    expect(told).toEqual([
      {
        ...told0,
        topic: '$SYS/brokers/brokerql@127.0.0.1/alarms/alert',
        json: {
          id: 'disk_full',
          desc: { severity: 'critical', title: 'Disk full', summary: 'Disk usage over 95%', timestamp: time },
        },
      },
      {
        ...told0,
        topic: '$SYS/brokers/brokerql@127.0.0.1/alarms/alert',
        json: { id: 'cpu_high_watermark', desc: '83.5' },
      },
      {
        ...told0,
        topic: '$SYS/brokers/brokerql@127.0.0.1/alarms/clear',
        json: { id: 'disk_full', clear_at: time },
      },
    ]);
  });

  test('is closed to others', async () => {
    const stranger = await connectWire(gateway, { clientId: 'stranger' });
    expect(await stranger.subscribe(['$SYS/brokers/+/alarms/alert', 0], ['$SYS/#', 0])).toEqual([128, 128]);
  });
});
