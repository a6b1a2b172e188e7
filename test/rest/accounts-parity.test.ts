import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { send } from '../doors/support/wire.ts';
import { ADMIN_AUTHORIZATION, type TestGateway } from '../support/gateway.ts';
import { accountParityCases } from './support/account-parity-cases.ts';
import { pathOf, readReply, type TableRow, tableOf, throughGraphQL } from './support/parity.ts';
import { PROFILES, type ProfileName, startProfile } from './support/profiles.ts';

/** The rows that the port of applications has not. */
function accountRows(profile: ProfileName): TableRow[] {
  const toApplications = new Set(tableOf(profile, 'management').map(({ key }) => key));
  return tableOf(profile, 'dashboard').filter(({ key }) => !toApplications.has(key));
}

test.each(PROFILES)('every row of accounts in %s has cases, and every case a row', (profile) => {
  const keys = accountRows(profile).map(({ key }) => key);
  expect(Object.keys(accountParityCases).sort()).toEqual(keys.sort());
});

describe.each(PROFILES)('the rows of accounts in %s and their operations', (profile) => {
  let gateway: TestGateway;
  const headers = { authorization: ADMIN_AUTHORIZATION, 'content-type': 'application/json' };

  beforeAll(async () => {
    gateway = await startProfile(profile);
  });

  afterAll(() => gateway.close());

  /** Each request comes from somewhere else: passwords that are wrong slow down those that follow from there. */
  const call = (method: string, path: string, body: unknown) =>
    send(gateway.dashboardUrl, { method, path, headers, ...(body === undefined ? {} : { body }) });

  const ask: TestGateway['graphql'] = async (query, variables) =>
    JSON.parse((await call('POST', '/graphql', { query, variables })).text);

  /** Who there is now, without the times at which they were made. */
  const accounts = (): unknown => {
    const { applications, users } = gateway.gateway.access.accounts;
    return [...applications.list(), ...users.list()].map(({ createdAt: _, ...row }) => row);
  };

  describe.each(accountRows(profile))('$key', (tableRow) => {
    const { key, row, operationName } = tableRow;

    test.each(accountParityCases[key] ?? [])('answers and does over REST what GraphQL says: $title', async (one) => {
      await one.arrange?.(gateway);
      const rest = await call(row.method, `/api/v3${pathOf(row, one)}`, one.body);
      const after = accounts();
      expect(rest.headers['x-graphql-operation']).toBe(operationName);

      await one.arrange?.(gateway);
      const expected = readReply(await throughGraphQL(ask, profile, tableRow, one));
      expect({ status: rest.status, body: JSON.parse(rest.text) }).toEqual(expected);
      expect(accounts()).toEqual(after);
    });
  });
});
