import { describe, expect, test } from 'vitest';
import { createLog, type LogStream } from '../src/log.ts';

class Sink implements LogStream {
  readonly isTTY: boolean;
  readonly lines: string[] = [];
  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }
  write(text: string): void {
    this.lines.push(text);
  }
}

function records(sink: Sink): Record<string, unknown>[] {
  return sink.lines.map((line) => JSON.parse(line));
}

describe('a log on a file or a pipe', () => {
  test('writes one JSON object a line, at once', () => {
    const sink = new Sink(false);
    createLog('info', sink).info({ clientId: 'bob' }, 'client connected');
    expect(sink.lines).toHaveLength(1);
    expect(sink.lines[0]).toMatch(/^\{.*\}\n$/);
    expect(records(sink)).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        clientId: 'bob',
        msg: 'client connected',
      },
    ]);
  });

  test('leaves out what is less severe than its level', () => {
    const sink = new Sink(false);
    const log = createLog('warn', sink);
    log.info('quiet');
    log.warn('loud');
    expect(records(sink).map(({ msg }) => msg)).toEqual(['loud']);
  });

  test('writes nothing when it is silent', () => {
    const sink = new Sink(false);
    createLog('silent', sink).fatal('nobody hears');
    expect(sink.lines).toEqual([]);
  });

  test('writes an error with its stack', () => {
    const sink = new Sink(false);
    createLog('info', sink).error({ err: new RangeError('too far') }, 'failed');
    expect(records(sink)[0]).toMatchObject({
      err: { type: 'RangeError', message: 'too far', stack: expect.stringContaining('log.test.ts') },
    });
  });
});

describe('redaction', () => {
  const secrets = {
    password: 'hunter2',
    secret: 'hunter2',
    authorization: 'Basic hunter2',
    admin: { user: 'root', password: 'hunter2' },
    app: { id: 'shop', secret: 'hunter2' },
    headers: { authorization: 'Basic hunter2', host: 'a' },
  };
  const redacted = {
    password: '[redacted]',
    secret: '[redacted]',
    authorization: '[redacted]',
    admin: { user: 'root', password: '[redacted]' },
    app: { id: 'shop', secret: '[redacted]' },
    headers: { authorization: '[redacted]', host: 'a' },
  };

  test('covers the top and one level below, in JSON', () => {
    const sink = new Sink(false);
    createLog('info', sink).info(secrets, 'start');
    expect(records(sink)[0]).toMatchObject(redacted);
    expect(sink.lines.join('')).not.toContain('hunter2');
  });

  test('covers them on a terminal', () => {
    const sink = new Sink(true);
    createLog('info', sink).info(secrets, 'start');
    expect(sink.lines.join('')).toContain('[redacted]');
    expect(sink.lines.join('')).not.toContain('hunter2');
  });

  test('covers what a child log carries', () => {
    const sink = new Sink(false);
    createLog('info', sink).child(secrets).info('start');
    expect(records(sink)[0]).toMatchObject(redacted);
  });

  test('leaves the logged object as it was', () => {
    const before = structuredClone(secrets);
    createLog('info', new Sink(false)).info(secrets);
    expect(secrets).toEqual(before);
  });

  test('logs an object that is frozen, or has no prototype, or holds null', () => {
    const sink = new Sink(false);
    const bare = Object.assign(Object.create(null), { password: 'hunter2', app: null });
    createLog('info', sink).info(Object.freeze({ app: Object.freeze({ secret: 'hunter2' }) }));
    createLog('info', sink).info(bare);
    expect(records(sink)).toMatchObject([{ app: { secret: '[redacted]' } }, { password: '[redacted]', app: null }]);
  });
});

describe('a log on a terminal', () => {
  test('writes lines for a person, at once', () => {
    const sink = new Sink(true);
    createLog('info', sink).info({ clientId: 'bob' }, 'client connected');
    expect(sink.lines.join('')).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: client connected\n {4}clientId: "bob"\n$/);
  });

  test('colours them where the terminal shows colours', () => {
    const sink = Object.assign(new Sink(true), { hasColors: () => true });
    createLog('info', sink).warn('hot');
    expect(sink.lines.join('')).toContain('\u001b[');
  });
});
