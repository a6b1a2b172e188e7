import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type RateLimits, Throttle, Throttles } from '../../src/broker/throttle.ts';
import { type Sleeper, TimerWheel } from '../../src/broker/timer-wheel.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const NONE = {
  messagesPerSecond: 0,
  bytesPerSecond: 0,
  messagesPerSecondPerAddress: 0,
  bytesPerSecondPerAddress: 0,
} as const;

/** A connection that has more messages than it may send. */
class Sender {
  readonly throttle: Throttle;
  sent = 0;
  alive = 0;
  left: number;
  readonly #onSent: () => void;

  constructor(all: Throttles, address: string, left = Number.POSITIVE_INFINITY, onSent: () => void = () => {}) {
    this.left = left;
    this.#onSent = onSent;
    this.throttle = new Throttle(
      all,
      address,
      () => this.send(),
      () => this.alive++,
    );
  }

  send(): void {
    while (this.left > 0 && this.throttle.takeMessage()) {
      this.left--;
      this.sent++;
      this.#onSent();
    }
  }
}

const throttles = (
  limits: Partial<RateLimits>,
  mostIdle?: number,
): { all: Throttles; limits: { -readonly [K in keyof RateLimits]: number } } => {
  const given = { ...NONE, ...limits };
  return { all: new Throttles(given, mostIdle), limits: given };
};

describe('a timer wheel', () => {
  const sleeper = (wake: () => void): Sleeper => ({ slot: null, wake });

  test('wakes each after the time that it asked for, and rests when nobody sleeps', () => {
    const wheel = new TimerWheel();
    const woken: string[] = [];
    for (const [name, wait] of [
      ['late', 500],
      ['soon', 1],
      ['then', 100],
      ['beyond', 10_000],
    ] as const) {
      wheel.sleep(
        sleeper(() => woken.push(name)),
        wait,
      );
    }
    const gone = sleeper(() => woken.push('gone'));
    wheel.sleep(gone, 50);
    wheel.remove(gone);
    wheel.remove(gone);
    expect(wheel.size).toBe(4);
    vi.advanceTimersByTime(32);
    expect(woken).toEqual(['soon']);
    vi.advanceTimersByTime(90);
    expect(woken).toEqual(['soon', 'then']);
    vi.advanceTimersByTime(400);
    expect(woken).toEqual(['soon', 'then', 'late']);
    vi.advanceTimersByTime(600);
    expect(woken).toEqual(['soon', 'then', 'late', 'beyond']);
    expect([wheel.size, vi.getTimerCount()]).toEqual([0, 0]);
  });

  test('lets whoever is woken sleep again', () => {
    const wheel = new TimerWheel();
    let count = 0;
    const again: Sleeper = sleeper(() => {
      if (++count < 5) wheel.sleep(again, 100);
    });
    wheel.sleep(again, 100);
    vi.advanceTimersByTime(350);
    expect(count).toBe(3);
    vi.advanceTimersByTime(350);
    expect([count, vi.getTimerCount()]).toEqual([5, 0]);
  });

  test('has one timer for everybody', () => {
    const wheel = new TimerWheel();
    for (let i = 0; i < 1000; i++)
      wheel.sleep(
        sleeper(() => {}),
        i,
      );
    expect(vi.getTimerCount()).toBe(1);
    wheel.wakeAll();
    expect([wheel.size, vi.getTimerCount()]).toEqual([0, 0]);
  });
});

describe('a throttle', () => {
  test("lets a second's worth pass at once, and the others at the rate", () => {
    const { all } = throttles({ messagesPerSecond: 10 });
    const sender = new Sender(all, '10.0.0.1');
    sender.send();
    expect(sender.sent).toBe(10);
    vi.advanceTimersByTime(10_000);
    // A wake-up may be late by a tick of the wheel, and makes nothing up for it.
    expect(sender.sent).toBeLessThanOrEqual(110);
    expect(sender.sent).toBeGreaterThanOrEqual(108);
  });

  test('holds nobody where there is no limit, and has no account for an address then', () => {
    const { all } = throttles({});
    const sender = new Sender(all, '10.0.0.1', 1_000_000);
    sender.send();
    expect([sender.sent, all.addresses, vi.getTimerCount()]).toEqual([1_000_000, 0, 0]);
    expect(sender.throttle.mayRead()).toBe(true);
  });

  test('counts the bytes that came at once, and reads on when they are paid for', () => {
    const { all } = throttles({ bytesPerSecond: 1000 });
    let reads = 0;
    const throttle: Throttle = new Throttle(
      all,
      '10.0.0.1',
      () => {
        if (!throttle.mayRead()) return;
        reads++;
        throttle.countBytes(5000);
      },
      () => {},
    );
    expect(throttle.mayRead()).toBe(true);
    throttle.countBytes(5000);
    expect(throttle.mayRead()).toBe(false);
    vi.advanceTimersByTime(3900);
    expect(reads).toBe(0);
    vi.advanceTimersByTime(200);
    expect(reads).toBe(1);
    throttle.close();
    vi.advanceTimersByTime(60_000);
    expect([reads, vi.getTimerCount(), all.addresses]).toEqual([1, 0, 0]);
  });

  test('gives those of one address their turns, and leaves others alone', () => {
    const { all } = throttles({ messagesPerSecondPerAddress: 20 });
    const order: string[] = [];
    const senders = ['a', 'b', 'c'].map(
      (name) => new Sender(all, '10.0.0.1', Number.POSITIVE_INFINITY, () => order.push(name)),
    );
    const elsewhere = new Sender(all, '10.0.0.2', 20);
    for (const sender of senders) sender.send();
    elsewhere.send();
    expect(order).toEqual(Array(20).fill('a'));
    expect(elsewhere.sent).toBe(20);
    vi.advanceTimersByTime(3000);
    const later = order.slice(20);
    expect(later.length).toBeGreaterThanOrEqual(56);
    expect(later.length).toBeLessThanOrEqual(60);
    for (const name of ['a', 'b', 'c']) {
      const share = later.filter((one) => one === name).length;
      expect(Math.abs(share - later.length / 3)).toBeLessThanOrEqual(1);
    }
  });

  test('counts the addresses of one /64 together', () => {
    const { all } = throttles({ messagesPerSecondPerAddress: 5 });
    const first = new Sender(all, '2001:db8::1', 5);
    const second = new Sender(all, '2001:db8::2', 5);
    first.send();
    second.send();
    expect([first.sent, second.sent, all.addresses]).toEqual([5, 0, 1]);
  });

  test('knows an address again that comes back, until what it took has come back', () => {
    const { all } = throttles({ messagesPerSecondPerAddress: 10, bytesPerSecondPerAddress: 1000 });
    const gone = new Sender(all, '10.0.0.1', 10);
    gone.send();
    gone.throttle.countBytes(3000);
    gone.throttle.close();
    const back = new Sender(all, '10.0.0.1', 20);
    back.send();
    expect([gone.sent, back.sent, back.throttle.mayRead(), all.addresses]).toEqual([10, 0, false, 1]);
    vi.advanceTimersByTime(600);
    expect(back.sent).toBeGreaterThanOrEqual(4);
    expect(back.sent).toBeLessThanOrEqual(6);
    back.throttle.close();
    vi.advanceTimersByTime(2000);
    expect(all.addresses).toBe(1);
    vi.advanceTimersByTime(3000);
    expect([all.addresses, vi.getTimerCount()]).toEqual([0, 0]);
  });

  test('keeps no more than so many addresses without a connection, and none when there is no limit any more', () => {
    const { all, limits } = throttles({ messagesPerSecondPerAddress: 1 }, 3);
    for (let i = 1; i <= 5; i++) {
      const sender = new Sender(all, `10.0.0.${i}`, 2);
      sender.send();
      sender.throttle.close();
    }
    expect(all.addresses).toBe(3);
    const back = ['10.0.0.3', '10.0.0.4'].map((address) => new Sender(all, address, 1));
    for (const sender of back) sender.send();
    expect(back.map(({ sent }) => sent)).toEqual([0, 1]);
    limits.messagesPerSecondPerAddress = 0;
    all.review();
    expect([all.addresses, vi.getTimerCount()]).toEqual([2, 0]);
  });

  test('leaves nothing behind when the broker is closed', () => {
    const { all } = throttles({ messagesPerSecondPerAddress: 1 });
    const senders = ['10.0.0.1', '10.0.0.2'].map((address) => new Sender(all, address, 1));
    for (const sender of senders) sender.send();
    senders[0]?.throttle.close();
    all.close();
    senders[1]?.throttle.close();
    expect([all.addresses, vi.getTimerCount()]).toEqual([0, 0]);
  });

  test('keeps those alive that wait, for themselves or in a queue', () => {
    const { all } = throttles({ bytesPerSecondPerAddress: 1, bytesPerSecond: 1 });
    const alive: number[] = [0, 0];
    const made = alive.map(
      (_, i) =>
        new Throttle(
          all,
          '10.0.0.1',
          () => made[i]?.mayRead(),
          () => alive[i]!++,
        ),
    );
    made[0]?.countBytes(1000);
    for (const throttle of made) expect(throttle.mayRead()).toBe(false);
    vi.advanceTimersByTime(60_000);
    for (const count of alive) expect(count).toBeGreaterThanOrEqual(50);
  });

  test('goes by other limits as soon as they are reviewed', () => {
    const { all, limits } = throttles({ messagesPerSecond: 1, messagesPerSecondPerAddress: 1 });
    const senders = ['10.0.0.1', '10.0.0.1', '10.0.0.2'].map((address) => new Sender(all, address, 500));
    for (const sender of senders) sender.send();
    expect(senders.map(({ sent }) => sent)).toEqual([1, 0, 1]);
    limits.messagesPerSecond = 0;
    limits.messagesPerSecondPerAddress = 0;
    all.review();
    expect(senders.map(({ sent }) => sent)).toEqual([500, 500, 500]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is paid off at the new rate', () => {
    const { all, limits } = throttles({ bytesPerSecond: 1 });
    let reads = 0;
    const throttle: Throttle = new Throttle(
      all,
      '10.0.0.1',
      () => {
        if (throttle.mayRead()) reads++;
      },
      () => {},
    );
    throttle.countBytes(100_000);
    expect(throttle.mayRead()).toBe(false);
    limits.bytesPerSecond = 1_000_000;
    all.review();
    vi.advanceTimersByTime(200);
    expect(reads).toBe(1);
  });
});
