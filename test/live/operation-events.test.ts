import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_AUTHORIZATION, eventually, NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { overBoth as follow } from './doors.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway.close());

const executions = (): number => gateway.gateway.live.counts.executions;

afterEach(() => eventually(() => executions() === 0, 'the subscriptions to end'));

/** Follows a field. What it tells is in `next`, without the name of the field. */
async function following(field: string, selection: string, authorization?: string, url = gateway.httpUrl) {
  const asked = authorization === undefined ? {} : { authorization };
  const subscription = await follow(url, `subscription { ${field} { ${selection} } }`, asked);
  return {
    next: async (): Promise<unknown> => (await subscription.data())[field.split('(')[0] ?? ''],
    [Symbol.asyncDispose]: () => subscription[Symbol.asyncDispose](),
  };
}

describe('alarmEvents', () => {
  test('tells of an alarm that begins, and of its end', async () => {
    await using events = await following('alarmEvents', '__typename nodeName alarm { id severity summary clearedAt }');
    const { alarms } = gateway.gateway;
    alarms.raise({ id: 'disk_full', severity: 'critical', title: 'Disk full', summary: 'no byte is free' });
    expect(await events.next()).toEqual({
      __typename: 'AlarmRaised',
      nodeName: NODE,
      alarm: { id: 'disk_full', severity: 'CRITICAL', summary: 'no byte is free', clearedAt: null },
    });
    alarms.clear('disk_full');
    expect(await events.next()).toMatchObject({
      __typename: 'AlarmCleared',
      alarm: { id: 'disk_full', clearedAt: expect.any(String) },
    });
  });
});

describe('banEvents', () => {
  test('tells of a ban, of another in its place, and of their ends', async () => {
    await using events = await following('banEvents', '__typename ban { as who reason }');
    const ban = (reason: string) =>
      gateway.rest('/banned', { method: 'POST', body: { who: 'eve', as: 'client_id', reason } });
    const told = (type: string, reason: string) => ({
      __typename: type,
      ban: { as: 'CLIENT_ID', who: 'eve', reason },
    });
    await ban('first');
    expect(await events.next()).toEqual(told('BanCreated', 'first'));
    await ban('second');
    expect(await events.next()).toEqual(told('BanEnded', 'first'));
    expect(await events.next()).toEqual(told('BanCreated', 'second'));
    await gateway.rest('/banned/eve?as=client_id', { method: 'DELETE' });
    expect(await events.next()).toEqual(told('BanEnded', 'second'));
  });
});

describe('pluginEvents', () => {
  test('tells of a plugin that is unloaded, and loaded', async () => {
    await using events = await following('pluginEvents', 'plugin { name active }');
    await gateway.rest(`/nodes/${NODE}/plugins/emqx_recon/unload`, { method: 'PUT' });
    expect(await events.next()).toEqual({ plugin: { name: 'emqx_recon', active: false } });
    await gateway.rest(`/nodes/${NODE}/plugins/emqx_recon/load`, { method: 'PUT' });
    expect(await events.next()).toEqual({ plugin: { name: 'emqx_recon', active: true } });
  });
});

describe('configEvents', () => {
  test('tells what a setting was, what it is, and who changed it', async () => {
    await using events = await following('configEvents', 'app key before value source by');
    await gateway.rest('/configs/emqx', { method: 'PUT', body: { key: 'mqtt.max_inflight', value: '7' } });
    expect(await events.next()).toEqual({
      app: 'emqx',
      key: 'mqtt.max_inflight',
      before: 32,
      value: 7,
      source: 'OVERRIDE',
      by: 'test-app',
    });
  });
});

describe('listenerEvents', () => {
  test('has told of each listener that started', async () => {
    await using stale = await follow(gateway.httpUrl, 'subscription { listenerEvents(after: "x") { cursor } }');
    const oldest = (await stale.next())?.errors?.[0]?.extensions?.oldestCursor;
    await using events = await following(
      `listenerEvents(after: "${oldest}")`,
      '__typename protocol listenOn ... on ListenerFailed { message }',
    );
    const { mqtt, management } = gateway.gateway.ports;
    const seen = [await events.next(), await events.next(), await events.next()];
    expect(seen).toContainEqual({ __typename: 'ListenerStarted', protocol: 'mqtt:tcp', listenOn: mqtt.listenOn });
    expect(seen).toContainEqual({
      __typename: 'ListenerStarted',
      protocol: 'http:management',
      listenOn: management.listenOn,
    });
  });

  test('tells of one that fails', async () => {
    await using events = await following('listenerEvents', '__typename protocol ... on ListenerFailed { message }');
    gateway.gateway.ports.mqtt.onFault(new Error('too many open files'));
    expect(await events.next()).toEqual({
      __typename: 'ListenerFailed',
      protocol: 'mqtt:tcp',
      message: 'too many open files',
    });
  });
});

describe('auditEvents', () => {
  test('tells an administrator what was done, and by whom', async () => {
    const fields = 'entry { who what refusal }';
    await using events = await following('auditEvents', fields, ADMIN_AUTHORIZATION, gateway.dashboardUrl);
    await gateway.rest('/mqtt/publish', { method: 'POST', body: { topic: 't', payload: 'x' } });
    expect(await events.next()).toEqual({ entry: { who: 'test-app', what: 'publishMany', refusal: null } });
  });

  test('is refused to an application', async () => {
    await using refused = await follow(gateway.httpUrl, 'subscription { auditEvents { cursor } }');
    expect((await refused.next())?.errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  });
});

describe('a filter', () => {
  test.each([
    ['alarmEvents(filter: {severity: BAD})', 'Value "BAD" does not exist in "AlarmSeverity" enum.'],
    [
      'banEvents(filter: {as: "USERNAME"})',
      'Enum "BanKind" cannot represent non-enum value: "USERNAME". Did you mean the enum value "USERNAME"?',
    ],
    ['pluginEvents(filter: {app: "emqx"})', 'Field "app" is not defined by type "PluginEventFilter".'],
  ])('is refused as %s', async (field, message) => {
    await using refused = await follow(gateway.httpUrl, `subscription { ${field} { cursor } }`);
    expect((await refused.next())?.errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
