import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestGateway } from '../support/gateway.ts';
import { INDEX_3_0, INDEX_3_0_BETA, INDEX_3_1, INDEX_3_2, type IndexRow } from './support/frozen-index.ts';
import { NOT_FOUND, PROFILES, type ProfileName, spelled, startProfile } from './support/profiles.ts';

const indexes: Record<ProfileName, readonly IndexRow[]> = {
  '3.0-beta': INDEX_3_0_BETA,
  '3.0': INDEX_3_0,
  '3.1': INDEX_3_1,
  '3.2': INDEX_3_2,
};

/** Rows of the contract that the index omits on both ports. */
const omitted = [
  ['GET', '/auth_username'],
  ['GET', '/auth_clientid'],
  ['GET', '/rules/'],
] as const;

/** Rows that the port of the dashboard alone has. */
const onDashboard = [
  ['GET', '/apps/'],
  ['POST', '/apps/'],
  ['GET', '/apps/test-app'],
  ['PUT', '/apps/test-app'],
  ['DELETE', '/apps/test-app'],
  ['POST', '/auth'],
  ['GET', '/users/'],
  ['POST', '/users/'],
  ['PUT', '/users/admin'],
  ['DELETE', '/users/admin'],
  ['PUT', '/change_pwd/admin'],
] as const;

describe.each(PROFILES)('the index of %s', (profile) => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startProfile(profile);
  });

  afterAll(() => gateway.close());

  describe.each(['management', 'dashboard'])('on the %s port', (port) => {
    const dashboard = port === 'dashboard';
    const rows = indexes[profile]
      .filter(([, , , , only]) => only === undefined || only === port)
      .map(([name, method, path, descr]) => ({ name, method, path, descr }));

    test.each(['', '/'])("GET /api/v3%s answers the contract's rows in its order", async (path) => {
      const { status, headers, json } = await gateway.rest(path, { dashboard });
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('application/json');
      expect(headers.get('x-graphql-operation')).toBe('ListAllApi');
      expect(json).toEqual(spelled(profile, rows, { code: 0, data: rows }));
    });

    test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is a bad request', async (method) => {
      for (const path of ['', '/']) {
        const { status, headers, text } = await gateway.rest(path, { method, dashboard });
        expect({ status, text }).toEqual({ status: 400, text: 'Bad Request' });
        expect(headers.get('content-type')).toBe('text/plain');
        expect(headers.get('x-graphql-operation')).toBeNull();
      }
    });

    test('is not found at a doubled slash', async () => {
      const { status, headers, text } = await gateway.rest('//', { dashboard });
      expect({ status, text }).toEqual(NOT_FOUND);
      expect(headers.get('content-type')).toBe('text/plain');
    });

    test.each(omitted)('%s %s is not there', async (method, path) => {
      const { status, text } = await gateway.rest(path, { method, dashboard });
      expect({ status, text }).toEqual(NOT_FOUND);
    });
  });

  test.each(onDashboard)('%s %s is not there on the management port', async (method, path) => {
    const { status, headers, text } = await gateway.rest(path, { method });
    expect({ status, text }).toEqual(NOT_FOUND);
    expect(headers.get('x-graphql-operation')).toBeNull();
  });
});
