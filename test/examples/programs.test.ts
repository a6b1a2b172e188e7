import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cleanUp, type Run } from '../process/program.ts';
import { APP, eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { startServer } from '../support/http-server.ts';
import { linesOf, runExample } from './support/example.ts';
import { startHastyBroker } from './support/hasty-broker.ts';
import { type Line, openLine } from './support/line.ts';
import { findTool } from './support/tool.ts';

const curl = findTool('CURL', 'curl');

let gateway: TestGateway;
let line: Line;

beforeEach(async () => {
  gateway = await startGateway('mqtt: {refused_filters: [secret/#]}');
  line = await openLine(gateway.gateway.ports.management.port);
});

afterEach(async () => {
  await line.cut();
  await gateway.close();
});

afterAll(cleanUp);

const wsUrl = (): string => `ws://127.0.0.1:${line.port}/graphql`;
const httpUrl = (): string => `http://127.0.0.1:${line.port}/graphql`;

/** Starts an example, and resolves when it follows what it is there for. */
async function follow(name: string, args: readonly string[] = [wsUrl()]): Promise<Run> {
  const run = runExample(name, args);
  await isFollowing();
  return run;
}

const isFollowing = (): Promise<void> =>
  eventually(() => gateway.gateway.live.counts.executions === 1, 'the subscription to begin');

/** Ends an example as Ctrl-C does. */
async function stop(run: Run): Promise<void> {
  run.kill('SIGINT');
  expect(await run.exited).toEqual({ code: null, signal: 'SIGINT' });
}

/** Lines with the time in front of them cut off. */
const untimed = (run: Run): string[] =>
  linesOf(run).map((text) => text.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /, ''));

describe('examples/follow-stats.js', () => {
  test('prints the gauges whenever one changes', async () => {
    const run = await follow('follow-stats.js');
    const stats = (connectionsCount: number): string =>
      `[{"nodeName":"brokerql@127.0.0.1","connectionsCount":${connectionsCount},"sessionsCount":${connectionsCount},"subscriptionsCount":0}]`;
    await run.untilPrinted(stats(0));
    const client = await gateway.connect();
    await run.untilPrinted(stats(1));
    await client.endAsync();
    await eventually(() => linesOf(run).length === 3, 'the third line');
    expect(linesOf(run)).toEqual([stats(0), stats(1), stats(0)]);
    await stop(run);
  });
});

describe('examples/follow-topic.js', () => {
  test('prints the messages of a topic filter, and no others', async () => {
    const run = await follow('follow-topic.js', ['plant/+/temp', wsUrl()]);
    const client = await gateway.connect({ clientId: 'sensor' });
    await client.publishAsync('plant/1/temp', '21.5', { qos: 1 });
    await client.publishAsync('plant/1/light', 'on', { qos: 1 });
    await client.publishAsync('plant/2/temp', Buffer.from([0xff, 0x00]), { qos: 1 });
    await client.publishAsync('plant/3/temp', '\u001b[2J"hot"\n', { qos: 1 });
    await run.untilPrinted('plant/3/temp');
    expect(untimed(run)).toEqual([
      '"sensor" "plant/1/temp" "21.5"',
      '"sensor" "plant/2/temp" base64 /wA=',
      '"sensor" "plant/3/temp" "\\u001b[2J\\"hot\\"\\n"',
    ]);
    await stop(run);
  });

  test('prints first what the topics keep, with --retained', async () => {
    const client = await gateway.connect({ clientId: 'sensor' });
    await client.publishAsync('plant/1', 'kept', { qos: 1, retain: true });
    const run = await follow('follow-topic.js', ['plant/#', '--retained', wsUrl()]);
    await run.untilPrinted('kept');
    await client.publishAsync('plant/2', 'live', { qos: 1 });
    await run.untilPrinted('live');
    expect(untimed(run)).toEqual(['"sensor" "plant/1" "kept"', '"sensor" "plant/2" "live"']);
    await stop(run);
  });

  test('goes on after an interruption, and says that there was one', async () => {
    const run = await follow('follow-topic.js', ['plant/#', wsUrl()]);
    await line.cut();
    await run.untilPrinted('Interrupted (', 'stderr');
    await eventually(() => gateway.gateway.live.counts.executions === 0, 'the broker to see it');
    await line.mend();
    await isFollowing();
    const client = await gateway.connect({ clientId: 'sensor' });
    await client.publishAsync('plant/1', 'on', { qos: 1 });
    await run.untilPrinted('"plant/1"');
    expect(untimed(run)).toEqual(['"sensor" "plant/1" "on"']);
    await stop(run);
  });

  test.each([
    [[], "Name a topic filter, such as 'plant/#'\n"],
    [['--retain'], "Name a topic filter, such as 'plant/#'\n"],
  ])('ends with a sentence for the arguments %j', async (args, sentence) => {
    const run = runExample('follow-topic.js', args);
    expect(await run.exited).toEqual({ code: 1, signal: null });
    expect([run.stdout, run.stderr]).toEqual(['', sentence]);
  });

  test.each([
    ['plant/#/temp', /^The broker refuses this: .*plant\/#\/temp.*\n$/],
    ['secret/#', /^The broker refuses this: .*secret\/#.*\n$/],
  ])('ends with the sentence of the broker for the filter %s', async (filter, sentence) => {
    const run = runExample('follow-topic.js', [filter, wsUrl()]);
    expect(await run.exited).toEqual({ code: 1, signal: null });
    expect(run.stderr).toMatch(sentence);
  });
});

describe('examples/watch-connections.js', () => {
  test('prints who connects, leaves, is kicked or taken over, and what is refused', async () => {
    await gateway.connect({ clientId: 'before' });
    const run = await follow('watch-connections.js');
    const client = await gateway.connect({ clientId: 'a "b"' });
    await client.subscribeAsync('secret/#').catch(() => {});
    await client.endAsync();
    await gateway.connect({ clientId: 'twice' });
    await gateway.connect({ clientId: 'twice' });
    await gateway.rest('/connections/twice', { method: 'DELETE' });
    await run.untilPrinted('was kicked');
    expect(untimed(run)).toEqual([
      '"a \\"b\\"" 127.0.0.1 connected',
      `"a \\"b\\"" 127.0.0.1 was refused SUBSCRIBE: not authorized to subscribe to 'secret/#'`,
      '"a \\"b\\"" 127.0.0.1 disconnected (closed)',
      '"twice" 127.0.0.1 connected',
      '"twice" 127.0.0.1 was taken over by a newer connection',
      '"twice" 127.0.0.1 connected',
      '"twice" 127.0.0.1 was kicked',
    ]);
    await stop(run);
  });

  test('prints each event once, those of an interruption too, also before the first event', async () => {
    await gateway.connect({ clientId: 'long ago' });
    const run = await follow('watch-connections.js');
    const expected: string[] = [];
    const connect = async (clientId: string): Promise<void> => {
      await gateway.connect({ clientId });
      expected.push(`"${clientId}" 127.0.0.1 connected`);
    };
    for (const round of ['first', 'second']) {
      await line.cut();
      await connect(`away 1 in the ${round}`);
      await connect(`away 2 in the ${round}`);
      await line.mend();
      await run.untilPrinted(`away 2 in the ${round}`);
      await connect(`back in the ${round}`);
      await run.untilPrinted(`back in the ${round}`);
    }
    expect(untimed(run)).toEqual(expected);
    expect(run.stderr).toMatch(/^Interrupted \(.*\), trying again\n/);
    expect(run.stderr).not.toContain('oldest');
    await stop(run);
  });

  test('prints all of the many events that it missed', async () => {
    const client = await gateway.connect({ clientId: 'busy' });
    const run = await follow('watch-connections.js');
    await line.cut();
    const missed = 3000;
    for (let i = 0; i < missed; i += 1000) {
      const thousand = Array.from({ length: 1000 }, () => client.subscribeAsync('secret/#').catch(() => {}));
      await Promise.all(thousand);
    }
    await client.endAsync();
    await line.mend();
    await run.untilPrinted('disconnected');
    const refused = `"busy" 127.0.0.1 was refused SUBSCRIBE: not authorized to subscribe to 'secret/#'`;
    const printed = untimed(run);
    expect(printed.filter((text) => text === refused).length).toBe(missed);
    expect(printed.length).toBe(missed + 1);
    expect(run.stderr).not.toContain('lost');
    await stop(run);
  });

  test('asks again for events that it was too slow for, and says how many are lost when they come no more', async () => {
    const broker = await startHastyBroker({
      0: [{ number: 1 }, { number: 2 }, { number: 5, dropped: 2 }],
      2: [{ number: 4, dropped: 1 }, { number: 5 }],
    });
    const run = runExample('watch-connections.js', [broker.url]);
    await run.untilPrinted('c5');
    expect(untimed(run)).toEqual(['1', '2', '4', '5'].map((number) => `"c${number}" ::1 connected`));
    expect(run.stderr).toBe('Events lost: 1\n');
    expect(broker.asked).toEqual(['0', '2']);
    await stop(run);
    await broker.close();
  });

  test('goes on with the oldest event of a broker that started anew, and says so', async () => {
    const run = await follow('watch-connections.js');
    await gateway.connect({ clientId: 'before' });
    await run.untilPrinted('before');
    await line.cut();
    const next = await startGateway();
    await next.connect({ clientId: 'between' });
    await line.mend(next.gateway.ports.management.port);
    await run.untilPrinted('between');
    await next.connect({ clientId: 'after' });
    await run.untilPrinted('after');
    expect(untimed(run)).toEqual(['before', 'between', 'after'].map((id) => `"${id}" 127.0.0.1 connected`));
    expect(run.stderr).toContain('The broker has started anew, or forgot events: going on with its oldest one\n');
    await stop(run);
    await next.close();
  });

  test('waits for a broker that is not there yet', async () => {
    await line.cut();
    const run = runExample('watch-connections.js', [wsUrl()]);
    await run.untilPrinted('Interrupted (', 'stderr');
    await line.mend();
    await isFollowing();
    await gateway.connect({ clientId: 'a' });
    await run.untilPrinted('"a" 127.0.0.1 connected');
    await stop(run);
  });
});

describe.skipIf(curl === null)('examples/watch-connections.sh', () => {
  test('prints a line of JSON an event, and ends with a sentence when the stream does', async () => {
    const run = await follow('watch-connections.sh', [httpUrl()]);
    const client = await gateway.connect({ clientId: 'a"}}' });
    await client.subscribeAsync('secret/#').catch(() => {});
    await client.endAsync();
    await run.untilPrinted('ClientDisconnected');
    await eventually(() => linesOf(run).length === 3, 'the whole third line');
    const about = { at: expect.any(String) as string, clientId: 'a"}}', ipAddress: '127.0.0.1' };
    expect(linesOf(run).map((text) => JSON.parse(text) as unknown)).toEqual([
      { __typename: 'ClientConnected', ...about },
      {
        __typename: 'ClientRefused',
        ...about,
        action: 'SUBSCRIBE',
        message: "not authorized to subscribe to 'secret/#'",
      },
      { __typename: 'ClientDisconnected', ...about, reason: 'closed' },
    ]);
    await line.cut();
    expect(await run.exited).toEqual({ code: 1, signal: null });
    expect(run.stderr).toContain(`The stream of ${httpUrl()} has ended\n`);
  });

  test('ends with a sentence when nobody answers, or somebody else', async () => {
    const stranger = await startServer(() => [200, 'Hello']);
    const other = runExample('watch-connections.sh', [stranger.url]);
    expect(await other.exited).toEqual({ code: 1, signal: null });
    expect([other.stdout, other.stderr]).toEqual(['', 'The answer is no stream of events: Hello\n']);
    await stranger.die();
    await line.cut();
    const run = runExample('watch-connections.sh', [httpUrl()]);
    expect(await run.exited).toEqual({ code: 1, signal: null });
    expect(run.stderr).toContain(`The stream of ${httpUrl()} has ended\n`);
    await line.mend();
  });
});

describe.each([
  ['follow-stats.js', []],
  ['follow-topic.js', ['plant/#']],
  ['watch-connections.js', []],
  ['watch-connections.sh', []],
  ['alert-bot.js', []],
] as const)('examples/%s, without leave to come in,', (name, args) => {
  const WEBHOOK = 'http://127.0.0.1:9/';
  const url = (): string => (name.endsWith('.sh') ? httpUrl() : wsUrl());

  test('ends with a sentence when APP is not an id and a secret', async () => {
    const runs = ['', 'test-app', 'test-app:', ':test-secret'].map((app) =>
      runExample(name, [...args, url()], { APP: app, WEBHOOK }),
    );
    for (const run of runs) {
      expect(await run.exited).toEqual({ code: 1, signal: null });
      const sentence = 'Set APP to the id and the secret of an application: APP=<id>:<secret>\n';
      expect([run.stdout, run.stderr]).toEqual(['', sentence]);
    }
  });

  test.skipIf(name.endsWith('.sh') && curl === null)('ends with a sentence when the secret is wrong', async () => {
    const run = runExample(name, [...args, url()], { APP: `${APP.id}:wrong`, WEBHOOK });
    expect(await run.exited).toEqual({ code: 1, signal: null });
    const sentence = name.endsWith('.sh')
      ? 'The broker refuses this: credentials are missing or wrong\n'
      : 'The broker refuses APP: the id or the secret is wrong, or holds no longer\n';
    expect([run.stdout, run.stderr]).toEqual(['', sentence]);
  });

  test.skipIf(name.endsWith('.sh'))('ends with a sentence when the address is none', async () => {
    const run = runExample(name, [...args, 'localhost:8080'], { WEBHOOK });
    expect(await run.exited).toEqual({ code: 1, signal: null });
    expect(run.stderr).toBe("'localhost:8080' is no address such as ws://localhost:8080/graphql\n");
  });
});
