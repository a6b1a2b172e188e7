import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { sessionOf } from './figures.ts';
import { connectWire, type Wire } from './wire.ts';

/** All packet ids that there are [MQTT-2.3.1-1]. */
const MOST = 65_535;
const COUNT = MOST + 100;
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway(`mqtt: {max_inflight: ${MOST}}`);
});

afterAll(() => gateway.close());

const take = async (wire: Wire): Promise<number> => (await wire.next('publish')).messageId ?? 0;

describe('mqtt.max_inflight: 65535', () => {
  test.each([true, false])('gives each packet id once, and then waits, with clean session %s', async (clean) => {
    const clientId = `clean ${clean}`;
    const wire = await connectWire(gateway, { clientId, clean });
    await wire.subscribe(['work', 1]);
    const { broker } = gateway.gateway;
    const message = { topic: 'work', payload: Buffer.from('x'), qos: 1, retain: false, clientId: 'api' } as const;
    await Promise.all(Array.from({ length: COUNT }, () => broker.publish(message)));
    const ids = new Set<number>();
    for (let i = 0; i < MOST; i++) ids.add(await take(wire));
    expect(ids.size).toBe(MOST);
    await wire.settle();
    expect(await sessionOf(gateway, clientId)).toMatchObject({ inflightCount: MOST, queuedCount: COUNT - MOST });
    for (const messageId of [7, 8]) wire.write({ cmd: 'puback', messageId });
    expect([await take(wire), await take(wire)]).toEqual([7, 8]);
    await wire.disconnect();
  });
});
