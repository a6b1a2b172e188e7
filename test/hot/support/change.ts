import { expect } from 'vitest';
import type { TestGateway } from '../../support/gateway.ts';

/** Sets a setting over REST. */
export async function put(gateway: TestGateway, key: string, value: string, app = 'emqx'): Promise<void> {
  const { status, json } = await gateway.rest(`/configs/${app}`, { method: 'PUT', body: { key, value } });
  expect({ status, json }).toEqual({ status: 200, json: 'ok' });
}

/** Sets a setting over GraphQL. */
export async function set(gateway: TestGateway, key: string, value: unknown, app = 'emqx'): Promise<void> {
  const document = 'mutation ($input: SetConfigInput!) { setConfig(input: $input) { configs { key source } } }';
  expect(await gateway.graphql<unknown>(document, { input: { app, key, value } })).toEqual({
    data: { setConfig: { configs: [{ key, source: 'OVERRIDE' }] } },
  });
}

/** Takes back over GraphQL what was set. */
export async function reset(gateway: TestGateway, key: string, app = 'emqx'): Promise<void> {
  const document = 'mutation ($input: ResetConfigInput!) { resetConfig(input: $input) { configs { key } } }';
  expect(await gateway.graphql<unknown>(document, { input: { app, key } })).toEqual({
    data: { resetConfig: { configs: [{ key }] } },
  });
}
