import { join } from 'node:path';
import { type GraphQLInputObjectType, getNamedType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { conditions } from '../../src/broker/event-conditions.ts';
import type { EventFilters, EventKinds } from '../../src/domain.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { packageRoot } from '../../src/package.ts';

type Kind = keyof EventKinds;
type Filters = { readonly [K in Kind]: EventFilters[K] };

const client = { clientId: 'sensor-1', username: 'ann', ipAddress: '10.0.0.1', topicFilter: 'a/+' };
const ofClient = { clientId: 'sensor-1', clientIdPrefix: 'sensor-', username: 'ann', ipAddress: '10.0.0.1' };

/** What of an event is looked at, as far as a filter is concerned. */
const events: Record<Kind, object> = {
  connection: client,
  session: client,
  subscription: client,
  alarm: { alarm: { id: 'plugin_failed:emqx_auth_http', severity: 'ERROR' } },
  ban: { ban: { as: 'USERNAME', who: 'eve', by: 'admin' } },
  plugin: { plugin: { name: 'emqx_recon' } },
  config: { app: 'emqx', key: 'mqtt.max_inflight' },
  listener: { protocol: 'mqtt:tcp', listenOn: '0.0.0.0:1883' },
  audit: { entry: { who: 'app', what: 'kickConnection' } },
};

/** Each field of each filter, as it lets the event above through. */
const letThrough: Filters = {
  connection: ofClient,
  session: ofClient,
  subscription: { ...ofClient, topicFilter: 'a/+' },
  alarm: { id: 'plugin_failed:emqx_auth_http', idPrefix: 'plugin_failed:', severity: 'ERROR' },
  ban: { as: 'USERNAME', who: 'eve', whoPrefix: 'e', by: 'admin' },
  plugin: { name: 'emqx_recon' },
  config: { app: 'emqx', key: 'mqtt.max_inflight' },
  listener: { protocol: 'mqtt:tcp', listenOn: '0.0.0.0:1883' },
  audit: { who: 'app', what: 'kickConnection' },
};

/** Of fields that are enumerations, another value. */
const others: Record<string, string> = { severity: 'CRITICAL', as: 'CLIENT_ID' };

const isLetThrough = <K extends Kind>(kind: K, filter: object): boolean =>
  conditions[kind](filter as EventFilters[K])(events[kind] as EventKinds[K]);

describe.each(Object.entries(letThrough))('a filter of %s events', (name, filter) => {
  const kind = name as Kind;

  test('has every field that the schema has', () => {
    const schema = createSchema(join(packageRoot, 'schema'));
    const { args } = schema.getSubscriptionType()!.getFields()[`${kind}Events`]!;
    const type = getNamedType(args.find(({ name }) => name === 'filter')!.type) as GraphQLInputObjectType;
    const fields = Object.keys(type.getFields());
    // Three kinds have one filter, and only subscriptions have a topic filter.
    expect(fields.filter((field) => field !== 'topicFilter' || kind === 'subscription')).toEqual(Object.keys(filter));
  });

  test('lets everything through when it is empty, or has nulls alone', () => {
    const nulls = Object.fromEntries(Object.keys(filter).map((field) => [field, null]));
    expect([isLetThrough(kind, {}), isLetThrough(kind, nulls)]).toEqual([true, true]);
  });

  test.each(Object.entries(filter))('goes by %s', (field, value) => {
    const other = others[field] ?? `${value}-other`;
    expect([isLetThrough(kind, { [field]: value }), isLetThrough(kind, { [field]: other })]).toEqual([true, false]);
    // All of them restrict together.
    expect([isLetThrough(kind, filter), isLetThrough(kind, { ...filter, [field]: other })]).toEqual([true, false]);
  });
});

test('a topic filter lets no event through that is about none', () => {
  const connection = { clientId: 'sensor-1', username: null, ipAddress: '10.0.0.1' } as EventKinds['connection'];
  expect(conditions.connection({ topicFilter: 'a/+' })(connection)).toBe(false);
});
