import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { APP_AUTHORIZATION, startGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway.close());

const withCredentials: typeof fetch = (url, init = {}) => {
  const headers = new Headers(init.headers);
  headers.set('authorization', APP_AUTHORIZATION);
  return fetch(url, { ...init, headers });
};

describe('GraphQL over HTTP at /graphql', () => {
  const audits = serverAudits({ url: () => `${gateway.httpUrl}/graphql`, fetchFn: withCredentials });

  test('is audited in 61 points', () => {
    expect(audits).toHaveLength(61);
  });

  test.each(audits.map((audit) => [audit.id, audit.name, audit] as const))('%s %s', async (_id, _name, audit) => {
    const result = await audit.fn();
    // A failed audit carries the answer itself, which says nothing when it is printed.
    const outcome = result.status === 'ok' ? 'ok' : `${result.status}: ${'reason' in result ? result.reason : ''}`;
    expect(outcome).toBe('ok');
  });
});
