import { beforeEach, describe, expect, test } from 'vitest';
import { type Traced, Traces } from '../../src/broker/traces.ts';
import type { TraceEvent } from '../../src/domain.ts';

let connections: Map<string, Traced>;
let faults: unknown[];
let traces: Traces;

beforeEach(() => {
  connections = new Map();
  faults = [];
  traces = new Traces(
    (clientId) => connections.get(clientId) ?? null,
    (fault) => faults.push(fault),
  );
});

function connect(clientId: string): Traced {
  const connection: Traced = { nodeName: 'a@b', ipAddress: '::1', port: 1, trace: traces.of(clientId) };
  connections.set(clientId, connection);
  return connection;
}

const ping = (connection: Traced): void => connection.trace?.packet(connection, 'RECEIVED', { cmd: 'pingreq' });

const toldTo = (clientId: string): { events: TraceEvent[]; end: () => void } => {
  const events: TraceEvent[] = [];
  return { events, end: traces.follow(clientId, (event) => events.push(event)) };
};

describe('a client that is followed', () => {
  test('is told of to each who follows it, and to nobody else', () => {
    const [one, other] = [connect('one'), connect('other')];
    const [first, second] = [toldTo('one'), toldTo('one')];
    ping(one);
    ping(other);
    first.end();
    ping(one);
    expect([first.events.length, second.events.length]).toEqual([1, 2]);
    expect(other.trace).toBeNull();
  });

  test('is told of in plain rows', () => {
    const { events } = toldTo('one');
    const connection = connect('one');
    connection.trace?.packet(connection, 'SENT', { cmd: 'suback', messageId: 7, granted: [2, 128] });
    connection.trace?.end(connection, 'kicked');
    const from = { at: expect.any(Number), nodeName: 'a@b', clientId: 'one', ipAddress: '::1', port: 1 };
    expect(events).toMatchObject([
      { type: 'PACKET', ...from, direction: 'SENT', packetType: 'SUBACK', packetId: 7, returnCodes: [2, 128] },
      { type: 'END', ...from, reason: 'kicked' },
    ]);
  });

  test('is forgotten when nobody follows it any more', () => {
    const connection = connect('one');
    const [first, second] = [toldTo('one'), toldTo('one')];
    first.end();
    first.end();
    expect([traces.size, connection.trace]).toEqual([1, traces.of('one')]);
    second.end();
    expect([traces.size, connection.trace, traces.of('one')]).toEqual([0, null, null]);
  });

  test('is followed anew by who comes later, whatever the one before ends again', () => {
    const connection = connect('one');
    const before = toldTo('one');
    before.end();
    const { events } = toldTo('one');
    before.end();
    ping(connection);
    expect(events).toHaveLength(1);
    expect(before.events).toHaveLength(0);
  });

  test('is told of to the others when one of them throws', () => {
    const connection = connect('one');
    const fault = new Error('out of order');
    traces.follow('one', () => {
      throw fault;
    });
    const { events } = toldTo('one');
    ping(connection);
    expect(events).toHaveLength(1);
    expect(faults).toEqual([fault]);
  });
});

test('a CONNECT is told without its password and the payload of its will', () => {
  const { events } = toldTo('one');
  const connection = connect('one');
  connection.trace?.packet(connection, 'RECEIVED', {
    cmd: 'connect',
    clientId: 'one',
    username: 'ann',
    password: Buffer.from('hunter2'),
    will: { topic: 'wills/one', payload: Buffer.from('hunter2'), qos: 1, retain: false },
  });
  expect(events).toMatchObject([{ username: 'ann', willTopic: 'wills/one', willQos: 1, payload: null }]);
  expect(Object.values(events[0] ?? {}).filter((value) => Buffer.isBuffer(value))).toEqual([]);
  expect(JSON.stringify(events)).not.toContain('hunter2');
});
