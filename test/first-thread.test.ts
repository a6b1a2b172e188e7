import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { APP_AUTHORIZATION, basic, NODE, startGateway, type TestGateway } from './support/gateway.ts';

describe('one MQTT connection, seen from every side', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway();
    await gateway.connect({ clientId: 'sensor-17', username: 'alice' });
  });

  afterAll(() => gateway.close());

  test('is listed by GraphQL', async () => {
    const query = '{ connections { items { clientId username protocolVersion nodeName } meta { count } } }';
    expect(await gateway.graphql(query)).toEqual({
      data: {
        connections: {
          items: [{ clientId: 'sensor-17', username: 'alice', protocolVersion: 4, nodeName: NODE }],
          meta: { count: 1 },
        },
      },
    });
  });

  test('is listed by REST in the spelling of 3.0-beta', async () => {
    const { status, headers, json } = await gateway.rest('/connections/');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('x-graphql-operation')).toBe('ListConnections');
    expect(json).toMatchObject({
      items: [{ client_id: 'sensor-17', username: 'alice', will_topic: 'undefined', node: NODE }],
      meta: { page: 1, limit: 10000, count: 1 },
    });
  });

  test('is listed by REST in the spelling of 3.2', async () => {
    const other = await startGateway('', { BROKERQL_REST_PROFILE: '3.2' });
    await other.connect({ clientId: 'sensor-18' });
    const { json } = await other.rest('/connections/');
    expect(json).toMatchObject({
      code: 0,
      data: [{ client_id: 'sensor-18', username: 'undefined', conn_mod: 'emqx_channel', node: NODE }],
      meta: { page: 1, limit: 10000, count: 1 },
    });
    await other.close();
  });

  test.each([
    ['no credentials', {}],
    ['a wrong secret', { authorization: basic('test-app', 'wrong') }],
    ['an unknown application', { authorization: basic('nobody', 'test-secret') }],
    ['another scheme', { authorization: 'Bearer abc' }],
    ['an unparsable header', { authorization: 'Basic !!!' }],
  ])('is not shown to a caller with %s', async (_, headers) => {
    const response = await fetch(`${gateway.httpUrl}/api/v3/connections/`, {
      headers: headers as Record<string, string>,
    });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Basic Realm="minirest-server"');
    expect(response.headers.get('content-type')).toBeNull();
    expect(await response.text()).toBe('UNAUTHORIZED');
  });

  test('the credentials of an application are not those of the dashboard', async () => {
    const response = await fetch(`${gateway.dashboardUrl}/api/v3/connections/`, {
      headers: { authorization: APP_AUTHORIZATION },
    });
    expect(response.status).toBe(401);
  });
});
