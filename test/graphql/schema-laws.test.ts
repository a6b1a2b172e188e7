import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildClientSchema,
  buildSchema,
  type GraphQLNamedType,
  getIntrospectionQuery,
  getNamedType,
  type IntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ListQuery } from '../../src/domain.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { packageRoot } from '../../src/package.ts';
import { errorCodes } from '../../src/refusals.ts';
import { NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { ask } from './ask.ts';

const schema = createSchema(join(packageRoot, 'schema'));
const types = Object.values(schema.getTypeMap()).filter(
  (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
);

/** Everything of a type that a person may point at, by its name, with its description. */
function described(type: GraphQLNamedType): [string, string | null | undefined][] {
  const own: [string, string | null | undefined][] = [[type.name, type.description]];
  if (isEnumType(type))
    for (const { name, description } of type.getValues()) own.push([`${type.name}.${name}`, description]);
  if (isInputObjectType(type))
    for (const { name, description } of Object.values(type.getFields()))
      own.push([`${type.name}.${name}`, description]);
  if (isObjectType(type) || isInterfaceType(type))
    for (const field of Object.values(type.getFields())) {
      const name = `${type.name}.${field.name}`;
      own.push([name, field.description]);
      for (const argument of field.args) own.push([`${name}(${argument.name})`, argument.description]);
    }
  return own;
}

/** Fields of object types with their type, by `Type.field`. */
const fields = types
  .filter(isObjectType)
  .flatMap((type) => Object.values(type.getFields()).map((field) => ({ name: `${type.name}.${field.name}`, field })));

describe('the schema', () => {
  test('describes every type, field, argument, input field and enum value with a sentence', () => {
    const isSentence = (text: string): boolean => /^[A-Z`]/.test(text) && /[.:?]$/.test(text);
    const others = types
      .flatMap(described)
      .filter(([, text]) => !isSentence(text ?? ''))
      .map(([name, text]) => `${name}: ${text}`);
    expect(others).toEqual([]);
  });

  test('has the error codes of the domain', () => {
    const type = schema.getType('ErrorCode');
    expect(isEnumType(type) && type.getValues().map(({ name }) => name)).toEqual([...errorCodes]);
  });

  test('counts in Int only what cannot outgrow 32 bits', () => {
    const ints = fields.filter(({ field }) => getNamedType(field.type).name === 'Int').map(({ name }) => name);
    expect(ints.sort()).toEqual([
      'AddedConnection.index',
      'AddedSession.index',
      'AddedSubscription.index',
      'BanConnectionsPayload.bannedCount',
      'BanConnectionsPayload.disconnectedCount',
      'ClientConnected.keepalive',
      'ClientConnected.port',
      'ClientConnected.protocolVersion',
      'ClientDisconnected.port',
      'ClientKicked.port',
      'ClientRefusal.port',
      'ClientRefused.port',
      'ClientSubscribed.qos',
      'ClientTakenOver.port',
      'CreateBanPayload.disconnectedCount',
      'CreateBansPayload.disconnectedCount',
      'DelayedMessage.qos',
      'DeleteBansPayload.deletedCount',
      'KickConnectionsPayload.kickedCount',
      'Listener.acceptors',
      'MqttConnection.keepalive',
      'MqttConnection.port',
      'MqttConnection.protocolVersion',
      'MqttMessage.qos',
      'MqttSubscription.qos',
      'PageMeta.limit',
      'PageMeta.page',
      'RetainedMessage.qos',
      'TracedEnd.port',
      'TracedPacket.keepalive',
      'TracedPacket.packetId',
      'TracedPacket.port',
      'TracedPacket.protocolVersion',
      'TracedPacket.qos',
      'TracedPacket.returnCode',
      'TracedPacket.returnCodes',
      'TracedPacket.willQos',
      'TracedSubscription.qos',
    ]);
  });

  test('answers every counter and every list item with a value', () => {
    const isCounter = (name: string): boolean => ['Int', 'SafeInt', 'Float'].includes(name);
    const nullable = fields.filter(({ field: { type } }) => isCounter(getNamedType(type).name) && !isNonNullType(type));
    // One type for all packets, of which none has all fields.
    expect(nullable.map(({ name }) => name).filter((name) => !name.startsWith('TracedPacket.'))).toEqual([]);
    const gaps = fields.filter(({ field: { type } }) => {
      const list = isNonNullType(type) ? type.ofType : type;
      return isListType(list) && !isNonNullType(list.ofType);
    });
    // Positions of what was asked for are kept, so that one may be empty.
    expect(gaps.map(({ name }) => name)).toEqual(['Query.connectionsByClientId']);
  });
});

describe('a gateway', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway();
    const client = await gateway.connect({ clientId: 'one' });
    await client.subscribeAsync('a');
    await client.publishAsync('a', 'x', { qos: 1, retain: true });
    gateway.gateway.broker.delayed.limits = { maxCount: 0, maxBytes: 0 };
    await client.publishAsync('$delayed/3600/a', 'x', { qos: 1 });
    const refused = { clientId: 'one', username: null, ipAddress: '::1', port: 1 };
    gateway.gateway.broker.refusals.note(refused, 'ACL', 'SUBSCRIBE', 'not yours', 'b');
  });

  afterAll(() => gateway.close());

  test('serves the schema of schema.graphql', async () => {
    const query = getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true, oneOf: true });
    const served = buildClientSchema(await ask<IntrospectionQuery>(gateway, query));
    const committed = buildSchema(readFileSync(join(packageRoot, 'schema.graphql'), 'utf8'));
    expect(printSchema(lexicographicSortSchema(served))).toBe(printSchema(lexicographicSortSchema(committed)));
  });

  const page = { page: { page: 1, limit: 1, after: null }, filter: {}, node: null } satisfies ListQuery<object>;

  test.each([
    ['MqttConnection', () => gateway.gateway.domain.connection('one', null)],
    ['MqttSession', () => gateway.gateway.domain.session('one', null)],
    ['MqttSubscription', async () => (await gateway.gateway.domain.subscriptionsOf('one', null))[0]],
    ['Route', async () => (await gateway.gateway.domain.routes(page)).items[0]],
    ['RoutePage', () => gateway.gateway.domain.routes(page)],
    ['ConnectionPage', () => gateway.gateway.domain.connections(page)],
    ['SessionPage', () => gateway.gateway.domain.sessions(page)],
    ['SubscriptionPage', () => gateway.gateway.domain.subscriptions(page)],
    ['RetainedMessage', () => gateway.gateway.domain.retainedMessage('a', null)],
    ['RetainedMessagePage', () => gateway.gateway.domain.retainedMessages(page)],
    ['DelayedMessage', async () => (await gateway.gateway.domain.delayedMessages(page)).items[0]],
    ['DelayedMessagePage', () => gateway.gateway.domain.delayedMessages(page)],
    ['ClientRefusal', async () => (await gateway.gateway.domain.clientRefusals('one', null))[0]],
    ['ClientRefusalPage', () => gateway.gateway.domain.recentRefusals(page)],
    ['PageMeta', async () => (await gateway.gateway.domain.routes(page)).meta],
    ['BrokerNode', () => gateway.gateway.domain.node(NODE)],
    ['Broker', async () => (await gateway.gateway.domain.brokers(null))[0]],
    ['Metrics', async () => (await gateway.gateway.domain.metrics(null))[0]],
    ['Stats', async () => (await gateway.gateway.domain.stats(null))[0]],
    ['Listener', async () => (await gateway.gateway.domain.listeners(null))[0]],
    ['ConfigItem', async () => (await gateway.gateway.domain.configs({}, null))[0]],
    ['Plugin', async () => (await gateway.gateway.domain.plugins(null))[0]],
    ['Diagnostics', async () => (await gateway.gateway.domain.diagnostics(null))[0]],
    ['EventLoop', async () => (await gateway.gateway.domain.diagnostics(null))[0]?.eventLoop],
    ['ProcessMemory', async () => (await gateway.gateway.domain.diagnostics(null))[0]?.memory],
    ['HeapSpace', async () => (await gateway.gateway.domain.diagnostics(null))[0]?.memory.heapSpaces[0]],
    ['ResourceCount', async () => (await gateway.gateway.domain.diagnostics(null))[0]?.resources[0]],
    ['RestEndpoint', async () => gateway.gateway.domain.restEndpoints(null, 'user')[0]],
    ['KickConnectionsPayload', () => gateway.gateway.domain.kickMany({ clientIds: ['nobody'] })],
  ])('has a resolver or a property of its row for every field of %s', async (name, read) => {
    const row = (await read()) as unknown as Record<string, unknown>;
    const type = schema.getType(name);
    if (!isObjectType(type)) throw new Error(`${name} is no object type`);
    const missing = Object.values(type.getFields()).filter(
      (field) => field.resolve === undefined && row[field.name] === undefined,
    );
    expect(missing.map((field) => field.name)).toEqual([]);
  });
});
