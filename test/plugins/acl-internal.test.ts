import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BrokerLimits } from '../../src/broker/mqtt-broker.ts';
import { aclInternal } from '../../src/plugins/acl-internal/acl-internal.ts';
import { openSocket } from '../broker/house.ts';
import { connectPacket, publishPacket, subscribePacket, Wire } from '../broker/wire.ts';
import { eventually } from '../support/gateway.ts';
import { openPluginHouse, type PluginHouse } from './support/house.ts';

const NAME = 'emqx_mod_acl_internal';
const ALARM = 'acl_file_broken';

let folder: string;
let house: PluginHouse;

const path = (name = 'acl.conf'): string => join(folder, name);
const write = (rules: string, name?: string): void => writeFileSync(path(name), rules);

async function open(rules: string | null, settings: object = {}, limits: Partial<BrokerLimits> = {}): Promise<void> {
  if (rules !== null) write(rules);
  house = await openPluginHouse({ plugins: [aclInternal], settings: { [NAME]: settings }, folder, limits });
  await house.host.load(NAME);
}

function replaceByFolder(): void {
  unlinkSync(path());
  mkdirSync(path());
}

/** What a SUBACK says to a filter. */
const ask = async (wire: Wire, filter: string): Promise<unknown> => (await wire.subscribe([filter, 1]))[0];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brokerql-acl-'));
});

afterEach(async () => {
  await house.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a PUBLISH', () => {
  test.each([0, 1, 2] as const)(
    'with QoS %i that is denied reaches nobody, and is acknowledged as its QoS asks',
    async (qos) => {
      await open('{deny, {client, "writer"}, publish, ["denied/#"]}.');
      const reader = await house.wire({ clientId: 'reader' });
      await reader.subscribe(['#', 0]);
      const writer = await house.wire({ clientId: 'writer' });
      writer.write(
        publishPacket('denied/a', qos, qos ? 1 : undefined),
        publishPacket('allowed', qos, qos ? 2 : undefined),
      );
      if (qos === 1)
        expect([await writer.next('puback'), await writer.next('puback')]).toMatchObject([
          { messageId: 1 },
          { messageId: 2 },
        ]);
      if (qos === 2)
        expect([await writer.next('pubrec'), await writer.next('pubrec')]).toMatchObject([
          { messageId: 1 },
          { messageId: 2 },
        ]);
      expect(await reader.next('publish')).toMatchObject({ topic: 'allowed' });
      await reader.settle();
      expect(house.broker.metrics.packetsPublishAuthError).toBe(1);
    },
  );

  test('to one of its own topics is allowed, and to those of others denied', async () => {
    await open('{allow, all, publish, ["own/%c/#", "user/%u"]}. {deny, all, publish, ["#"]}.');
    const reader = await house.wire({ clientId: 'reader' });
    await reader.subscribe(['#', 0]);
    const writer = await house.wire({ clientId: 'ann', username: 'u' });
    writer.write(
      publishPacket('own/bob/x'),
      publishPacket('user/v'),
      publishPacket('own/ann/x'),
      publishPacket('user/u'),
    );
    expect([await reader.next('publish'), await reader.next('publish')]).toMatchObject([
      { topic: 'own/ann/x' },
      { topic: 'user/u' },
    ]);
    await reader.settle();
  });

  test('that is denied ends the connection when mqtt.acl_deny_action says so', async () => {
    await open('{deny, all, publish, ["denied"]}.', {}, { aclDenyAction: 'disconnect' });
    const writer = await house.wire();
    writer.write(publishPacket('denied'));
    await writer.closed;
  });

  test('about which no rule is goes by mqtt.acl_nomatch', async () => {
    await open('{allow, all, publish, ["allowed"]}.', {}, { aclNomatch: 'deny' });
    const writer = await house.wire();
    await writer.ask(publishPacket('other', 1, 1), 'puback');
    await writer.ask(publishPacket('allowed', 1, 1), 'puback');
    expect(house.broker.metrics.packetsPublishAuthError).toBe(1);
  });
});

describe('a SUBSCRIBE', () => {
  test('is answered with 128 for each filter that is denied', async () => {
    await open('{allow, all, subscribe, ["a/+"]}. {deny, all, subscribe, ["#"]}.');
    const wire = await house.wire();
    wire.write(subscribePacket(1, ['a/b', 0], ['a/+', 1], ['a/#', 2], ['b', 1]));
    expect(await wire.next('suback')).toMatchObject({ granted: [0, 1, 128, 128] });
  });

  test('of a shared subscription is judged as its topic filter', async () => {
    await open('{deny, all, subscribe, ["secret/#", {eq, "#"}]}.');
    const wire = await house.wire();
    wire.write(
      subscribePacket(1, ['$share/g/secret/x', 1], ['$queue/secret/+', 1], ['$share/g/#', 1], ['$share/g/open', 1]),
    );
    expect(await wire.next('suback')).toMatchObject({ granted: [128, 128, 128, 1] });
  });

  test('is judged by the address that it comes from', async () => {
    await open('{deny, {ipaddr, "127.0.0.2"}, subscribe, ["a"]}.');
    const other = new Wire(await openSocket(house.port, '127.0.0.2'));
    await other.ask(connectPacket({ clientId: 'other' }), 'connack');
    expect([await ask(other, 'a'), await ask(await house.wire(), 'a')]).toEqual([128, 1]);
  });
});

describe('a will', () => {
  test('for a topic that is denied refuses its CONNECT', async () => {
    await open('{deny, all, publish, ["denied"]}.');
    const returnCode = async (topic: string) => {
      const wire = new Wire(await openSocket(house.port));
      const will = { topic, payload: Buffer.from('x'), qos: 1, retain: false } as const;
      return (await wire.ask(connectPacket({ clientId: topic, will }), 'connack')).returnCode;
    };
    expect([await returnCode('denied'), await returnCode('allowed')]).toEqual([5, 0]);
  });
});

describe('the topics of the broker', () => {
  test('can be subscribed to by those whom a rule allows it', async () => {
    await open('{allow, {user, "watcher"}, subscribe, ["$SYS/#"]}.');
    const watcher = await house.wire({ clientId: 'watcher', username: 'watcher' });
    expect([await ask(watcher, '$SYS/#'), await ask(await house.wire(), '$SYS/#')]).toEqual([1, 128]);
  });

  test('are not given away by a rule that allows all', async () => {
    await open('{allow, all}.');
    const wire = await house.wire();
    expect(await ask(wire, '$SYS/#')).toBe(128);
    wire.write(publishPacket('$SYS/brokers', 0));
    await wire.closed;
  });

  test('are open to this machine when there is no file', async () => {
    await open(null);
    const wire = await house.wire();
    expect([await ask(wire, '$SYS/#'), await ask(wire, '#')]).toEqual([1, 1]);
  });
});

describe('a file that changes', () => {
  const DENIED = '{deny, all, subscribe, ["t"]}.';
  const ALLOWED = '{allow, all, subscribe, ["t"]}.';

  /** Waits for what is said to a filter. */
  const becomes = (wire: Wire, code: number) => eventually(async () => (await ask(wire, 't')) === code, `${code}`);

  test('is read anew, whether it is written, renamed over or a link to another', async () => {
    await open(DENIED);
    const wire = await house.wire();
    expect(await ask(wire, 't')).toBe(128);
    write(ALLOWED);
    await becomes(wire, 1);
    write(DENIED, 'next');
    renameSync(path('next'), path());
    await becomes(wire, 128);
    mkdirSync(path('away'));
    write(ALLOWED, 'away/acl.conf');
    symlinkSync(path('away/acl.conf'), path('link'));
    renameSync(path('link'), path());
    await becomes(wire, 1);
  });

  test('is read anew in a folder where other files change all the time', async () => {
    await open(DENIED);
    const wire = await house.wire();
    write(ALLOWED);
    const traffic = setInterval(() => write('x', 'other'), 10);
    try {
      await becomes(wire, 1);
    } finally {
      clearInterval(traffic);
    }
  });

  test('is read anew in a folder that was removed and made anew, each time that it changes', async () => {
    mkdirSync(path('rules'));
    write(DENIED, 'rules/acl.conf');
    await open(null, { file: 'rules/acl.conf' });
    const wire = await house.wire();
    const removed = house.alarm(ALARM, true);
    rmSync(path('rules'), { recursive: true });
    await removed;
    mkdirSync(path('rules'));
    write(ALLOWED, 'rules/acl.conf');
    await becomes(wire, 1);
    write(DENIED, 'rules/acl.conf');
    await becomes(wire, 128);
  });

  test('is read when it comes into being', async () => {
    await open(null);
    const wire = await house.wire();
    expect(await ask(wire, 't')).toBe(1);
    write(DENIED);
    await becomes(wire, 128);
  });

  test.each([
    ['is broken', () => write('{allow, all'), "cannot be used: line 1: '}' is missing behind the last part of a tuple"],
    ['is gone', () => unlinkSync(path()), 'is not there'],
    ['is too large', () => truncateSync(path(), 4 * 1024 * 1024 + 1), 'cannot be used: it has more than 4194304 bytes'],
    ['is no text', () => writeFileSync(path(), Buffer.from([0xff])), 'cannot be used: it is no text in UTF-8'],
    ['is a folder', replaceByFolder, 'cannot be used: it is no plain file'],
  ])('keeps the rules from before when it %s, with an alarm until it can be used', async (_, change, sentence) => {
    await open(DENIED);
    const wire = await house.wire();
    change();
    await eventually(() => house.alarms.has(ALARM), 'the alarm');
    expect(house.alarms.get(ALARM)).toEqual({
      id: ALARM,
      severity: 'error',
      title: 'ACL file cannot be used',
      summary: `the ACL file '${path()}' ${sentence}; the rules from before stay in force`,
    });
    expect(await ask(wire, 't')).toBe(128);
    rmSync(path(), { recursive: true, force: true });
    write(ALLOWED);
    await becomes(wire, 1);
    expect(house.alarms.has(ALARM)).toBe(false);
  });

  test('under traffic changes the verdict of one packet to the next, and no other', async () => {
    const rules = (verdict: string): string =>
      `{allow, all, publish, ["always"]}. {${verdict}, all, publish, ["sometimes"]}. {deny, all, publish, ["never"]}.`;
    await open(rules('allow'));
    const reader = await house.wire({ clientId: 'reader' });
    await reader.subscribe(['#', 0]);
    const writer = await house.wire({ clientId: 'writer' });
    /** Sends one of each, and answers what arrives. */
    const round = async (): Promise<string> => {
      writer.write(publishPacket('never'), publishPacket('sometimes'), publishPacket('always'));
      const topics: string[] = [];
      while (!topics.includes('always')) topics.push((await reader.next('publish')).topic);
      return topics.join(' ');
    };
    for (const verdict of ['deny', 'allow', 'deny', 'allow']) {
      write(rules(verdict));
      const [before, after] = ['sometimes always', 'always'];
      await eventually(async () => {
        const arrived = await round();
        expect([before, after]).toContain(arrived);
        return arrived === (verdict === 'allow' ? before : after);
      }, `sometimes: ${verdict}`);
    }
  });
});

describe('a load', () => {
  test('anew reads the file, and refuses one that is broken with what is wrong there; the rules stay', async () => {
    await open('{deny, all, subscribe, ["t"]}.');
    const wire = await house.wire();
    write('{deny, all, subscribe, ["t"]}.\n{allow, al}.');
    await expect(house.host.reload(NAME)).rejects.toMatchObject({
      code: 'PLUGIN_FAILED',
      message: expect.stringContaining(`the ACL file '${path()}' cannot be used: line 2: a rule must be`),
    });
    expect(await ask(wire, 't')).toBe(128);
    write('{allow, all, subscribe, ["t"]}.');
    await house.host.reload(NAME);
    expect(await ask(wire, 't')).toBe(1);
  });

  test('takes a file by its path in the data folder, or from anywhere', async () => {
    await open('{deny, all, subscribe, ["t"]}.');
    const wire = await house.wire();
    write('{allow, all, subscribe, ["t"]}.', 'other.conf');
    await house.configure(NAME, { file: 'other.conf' });
    expect(await ask(wire, 't')).toBe(1);
    await house.configure(NAME, { file: path() });
    expect(await ask(wire, 't')).toBe(128);
  });

  test('of another file than acl.conf needs that file', async () => {
    await open(null);
    await expect(house.configure(NAME, { file: 'other.conf' })).rejects.toThrow(
      `plugin 'emqx_mod_acl_internal' could not be loaded: the ACL file '${path('other.conf')}' is not there`,
    );
  });

  test('does not wait for a pipe that nobody writes to', async () => {
    await open(null);
    execFileSync('mkfifo', [path('pipe')]);
    await expect(house.configure(NAME, { file: 'pipe' })).rejects.toThrow('it is no plain file');
  });

  test('that fails at the start of the broker lets nobody in', async () => {
    await open('{allow, all}.');
    await house.close();
    write('{allow, al}.');
    house = await openPluginHouse({ plugins: [aclInternal], folder });
    expect(house.host.get(NAME)).toMatchObject({ active: false });
    expect([...house.alarms.keys()]).toEqual([`plugin_failed:${NAME}`]);
    await expect(house.wire()).rejects.toThrow('refused with 5');
    write('{allow, all}.');
    await house.host.reload(NAME);
    await house.wire();
  });

  test('that brings rules ends an alarm from before the start of the broker', async () => {
    const notice = { id: ALARM, severity: 'error', title: 'ACL file cannot be used', summary: 'it was' } as const;
    house = await openPluginHouse({ plugins: [aclInternal], folder, standing: [notice] });
    expect(house.alarms.has(ALARM)).toBe(true);
    await house.host.load(NAME);
    expect(house.alarms.has(ALARM)).toBe(false);
  });

  test('anew that was refused is no failure any more when the file is mended', async () => {
    await open('{deny, all, subscribe, ["t"]}.');
    write('{allow, al}.');
    await expect(house.host.reload(NAME)).rejects.toThrow('cannot be used');
    expect([...house.alarms.keys()]).toContain(`plugin_failed:${NAME}`);
    const mended = house.alarm(`plugin_failed:${NAME}`, false);
    write('{allow, all}.');
    await mended;
    expect(house.host.get(NAME)).toMatchObject({ active: true, failure: null });
    expect([...house.alarms.keys()]).toEqual([]);
  });

  test('is undone by an unload: all is allowed that the rules denied, and no alarm is left', async () => {
    await open('{deny, all, subscribe, ["t"]}.');
    const wire = await house.wire();
    write('{deny, al}.');
    await eventually(() => house.alarms.has(ALARM), 'the alarm');
    await house.host.unload(NAME);
    expect(house.alarms.has(ALARM)).toBe(false);
    expect(await ask(wire, 't')).toBe(1);
  });
});
