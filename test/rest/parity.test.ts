import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isCompilable } from '../../src/graphql/compile.ts';
import { eventually, type TestGateway } from '../support/gateway.ts';
import { masked } from './support/masked.ts';
import { pathOf, readReply, schema, tableOf, throughGraphQL } from './support/parity.ts';
import { arrangeStanding, parityCases } from './support/parity-cases.ts';
import { PROFILES, startProfile } from './support/profiles.ts';

test('every case belongs to a row', () => {
  const keys = new Set(PROFILES.flatMap((profile) => tableOf(profile, 'management').map(({ key }) => key)));
  expect(Object.keys(parityCases).filter((key) => !keys.has(key))).toEqual([]);
});

describe.each(PROFILES)('the rows of %s and their operations', (profile) => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startProfile(profile);
    await arrangeStanding(gateway);
  });

  afterAll(() => gateway.close());

  /** Connections that a case took away are off the lists before the next one is compared. */
  const settle = async (): Promise<void> => {
    const { ports, domain } = gateway.gateway;
    await eventually(async () => {
      const { meta } = await domain.connections({
        page: { page: 1, limit: 1, after: null },
        filter: {},
        node: null,
      });
      return meta.count === ports.mqtt.currentConnections + ports.webSocket.currentConnections;
    }, 'closed connections to leave');
  };

  describe.each(tableOf(profile, 'management'))('$key', (tableRow) => {
    const { key, row, document, operationName } = tableRow;

    test('is compiled', () => {
      expect(isCompilable(schema, document)).toBe(true);
    });

    test('has cases to compare', () => {
      expect(parityCases[key]).not.toBeUndefined();
    });

    test.each(parityCases[key] ?? [])('answers over REST what GraphQL says: $title', async (one) => {
      await one.arrange?.(gateway);
      const body = one.body === undefined ? {} : { body: one.body };
      const rest = await gateway.rest(pathOf(row, one), { method: row.method, ...body });
      await settle();
      expect(rest.headers.get('x-graphql-operation')).toBe(operationName);

      await one.arrange?.(gateway);
      const expected = readReply(await throughGraphQL(gateway.graphql, profile, tableRow, one));
      await settle();
      expect(masked({ status: rest.status, body: rest.json ?? rest.text })).toEqual(masked(expected));
    });
  });
});
