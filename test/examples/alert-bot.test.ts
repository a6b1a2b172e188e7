import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cleanUp, type Run } from '../process/program.ts';
import { eventually, NODE, startGateway, type TestGateway } from '../support/gateway.ts';
import { startServer, type TestServer } from '../support/http-server.ts';
import { runExample } from './support/example.ts';
import { type Line, openLine } from './support/line.ts';

let gateway: TestGateway;
let line: Line;
let chat: TestServer;

beforeEach(async () => {
  gateway = await startGateway('mqtt: {refused_filters: [secret/#]}');
  line = await openLine(gateway.gateway.ports.management.port);
  chat = await startServer();
});

afterEach(async () => {
  await line.cut();
  await gateway.close();
  await chat.die();
});

afterAll(cleanUp);

const start = (): Run =>
  runExample('alert-bot.js', [`ws://127.0.0.1:${line.port}/graphql`], {
    WEBHOOK: `${chat.url}/hooks/token`,
    PAUSE: '0.5',
  });

/** Resolves when the bot follows alarms and connections. */
const isFollowing = (): Promise<void> =>
  eventually(() => gateway.gateway.live.counts.executions === 2, 'both subscriptions to begin');

const raise = (id: string, summary = 'it is low'): void =>
  gateway.gateway.alarms.raise({ id, severity: 'critical', title: 'Title', summary });

/** What the chat was told, once it was told this often. */
async function told(times: number): Promise<string[]> {
  await eventually(() => chat.asked.length >= times, `message ${times}`, 15_000);
  return chat.asked.map(({ body }) => (JSON.parse(body) as { text: string }).text);
}

async function stop(run: Run): Promise<void> {
  run.kill('SIGINT');
  expect(await run.exited).toEqual({ code: null, signal: 'SIGINT' });
}

describe('examples/alert-bot.js', () => {
  test('posts what stands already, and then a storm as one message that says how much it was', async () => {
    raise('old');
    // The storm comes while the chat thinks about the first message.
    const client = await gateway.connect({ clientId: 'sensor' });
    chat.answering = (_, response) => {
      chat.answering = () => [200];
      void (async () => {
        await isFollowing();
        for (let i = 0; i < 100; i++) await client.subscribeAsync('secret/#').catch(() => {});
        raise('disk_space_low');
        gateway.gateway.alarms.clear('old');
        response.end();
      })();
      return undefined;
    };
    const bot = start();
    const [first, storm] = await told(2);
    expect(first).toBe(`CRITICAL old on ${NODE}: it is low`);
    expect(storm?.split('\n').sort()).toEqual([
      `100 like this: SUBSCRIBE refused to "sensor" at 127.0.0.1: not authorized to subscribe to 'secret/#'`,
      `CRITICAL disk_space_low on ${NODE}: it is low`,
      `ended: old on ${NODE}`,
    ]);
    expect(chat.asked[0]).toMatchObject({
      method: 'POST',
      url: '/hooks/token',
      headers: { 'content-type': 'application/json' },
    });
    expect(bot.stderr).toBe('');
    await stop(bot);
  });

  test('names the first thirty kinds, and counts the others', async () => {
    const bot = start();
    await isFollowing();
    for (let i = 0; i < 33; i++) raise(`kind_${i}`);
    const [text = ''] = await told(1);
    const lines = Array.from({ length: 30 }, (_, i) => `CRITICAL kind_${i} on ${NODE}: it is low`);
    expect(text.split('\n')).toEqual([...lines, '… and 3 more']);
    await stop(bot);
  });

  test('loses no alarm while it is cut off from the broker', async () => {
    const bot = start();
    await isFollowing();
    await line.cut();
    raise('while_away');
    gateway.gateway.alarms.clear('while_away');
    await line.mend();
    expect(await told(1)).toEqual([`CRITICAL while_away on ${NODE}: it is low\nended: while_away on ${NODE}`]);
    expect(bot.stderr).toContain('trying again\n');
    await stop(bot);
  });

  test('loses no alarm and no end of one, when the broker starts anew meanwhile', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'brokerql-test-'));
    const before = await startGateway('', {}, folder);
    await line.cut();
    await line.mend(before.gateway.ports.management.port);
    const { alarms } = before.gateway;
    for (const id of ['stays', 'ends'])
      alarms.raise({ id, severity: 'critical', title: 'Title', summary: 'it is low' });
    const bot = start();
    expect(await told(1)).toEqual([`CRITICAL stays on ${NODE}: it is low\nCRITICAL ends on ${NODE}: it is low`]);
    await eventually(() => before.gateway.live.counts.executions === 2, 'both subscriptions to begin');
    await line.cut();
    alarms.raise({ id: 'begins', severity: 'critical', title: 'Title', summary: 'it is low' });
    alarms.clear('ends');
    await before.close();
    const after = await startGateway('', {}, folder);
    await line.mend(after.gateway.ports.management.port);
    const [, text] = await told(2);
    expect(text?.split('\n')).toEqual([`ended: ends on ${NODE}`, `CRITICAL begins on ${NODE}: it is low`]);
    await stop(bot);
    await after.close();
    rmSync(folder, { recursive: true });
  });

  test('posts later what the chat did not take, with what came meanwhile', async () => {
    chat.answering = () => {
      chat.answering = () => [200];
      raise('second');
      return [503];
    };
    const bot = start();
    await isFollowing();
    raise('first');
    expect(await told(2)).toEqual([
      `CRITICAL first on ${NODE}: it is low`,
      `CRITICAL first on ${NODE}: it is low\nCRITICAL second on ${NODE}: it is low`,
    ]);
    expect(bot.stderr).toBe('The webhook answered 503, trying again\n');
    await stop(bot);
  });

  test('posts once the chat is there, and does not print its address', async () => {
    await chat.die();
    const bot = start();
    await isFollowing();
    raise('first');
    await bot.untilPrinted('The webhook does not answer (ECONNREFUSED), trying again\n', 'stderr');
    await chat.rise();
    expect(await told(1)).toEqual([`CRITICAL first on ${NODE}: it is low`]);
    expect(bot.stderr).not.toContain('token');
    await stop(bot);
  });

  test.each([
    [{ WEBHOOK: 'chat.example' }, 'Set WEBHOOK to the address that takes the messages: WEBHOOK=https://…\n'],
    [{ WEBHOOK: 'https://chat.example/', PAUSE: 'soon' }, "PAUSE must be a number of seconds, not 'soon'\n"],
  ])('ends with a sentence for %j', async (env, sentence) => {
    const bot = runExample('alert-bot.js', [], env);
    expect(await bot.exited).toEqual({ code: 1, signal: null });
    expect([bot.stdout, bot.stderr]).toEqual(['', sentence]);
  });
});
