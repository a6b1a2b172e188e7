import { neighbourhood } from '../net/addresses.ts';
import { LONGEST_SLEEP, type Sleeper, TimerWheel } from './timer-wheel.ts';

/** What clients may send; read whenever it is needed. 0 is no limit. */
export interface RateLimits {
  /** PUBLISH packets of one connection. */
  readonly messagesPerSecond: number;
  /** Bytes of one connection. */
  readonly bytesPerSecond: number;
  /** PUBLISH packets of all connections from one address, or one /64 of IPv6. */
  readonly messagesPerSecondPerAddress: number;
  /** Bytes of them. */
  readonly bytesPerSecondPerAddress: number;
}

/** What is left of a second's worth, which comes back as time goes by; below 0 where too much was taken. */
class Bucket {
  #left = Number.POSITIVE_INFINITY;
  #at = 0;

  /** Milliseconds until `wanted` are left; 0 when they are, or where there is no limit. */
  wait(perSecond: number, wanted: number, now: number): number {
    if (perSecond === 0) return 0;
    this.#refill(perSecond, now);
    return this.#left >= wanted ? 0 : ((wanted - this.#left) * 1000) / perSecond;
  }

  isFull(perSecond: number, now: number): boolean {
    return this.wait(perSecond, perSecond, now) === 0;
  }

  take(perSecond: number, count: number, now: number): void {
    if (perSecond === 0) return;
    this.#refill(perSecond, now);
    this.#left -= count;
  }

  #refill(perSecond: number, now: number): void {
    this.#left = Math.min(perSecond, this.#left + (perSecond * (now - this.#at)) / 1000);
    this.#at = now;
  }
}

class Account {
  readonly messages = new Bucket();
  readonly bytes = new Bucket();
}

/** What connections from one address take together. Those that have to wait for it come in turn. */
class SharedAccount extends Account implements Sleeper {
  slot: Set<Sleeper> | null = null;
  connections = 0;
  readonly waiting = new Set<Throttle>();
  readonly #wheel: TimerWheel;
  readonly #onIdle: () => void;
  #served: Throttle | null = null;
  #keptAlive = 0;

  /** `onIdle` is called now and then while it has no connection. */
  constructor(wheel: TimerWheel, onIdle: () => void) {
    super();
    this.#wheel = wheel;
    this.#onIdle = onIdle;
  }

  await(throttle: Throttle, milliseconds: number): void {
    this.waiting.add(throttle);
    if (this.slot === null) this.#wheel.sleep(this, milliseconds);
  }

  leave(throttle: Throttle): void {
    this.waiting.delete(throttle);
    if (this.waiting.size === 0) this.#wheel.remove(this);
  }

  /** Whether a connection has to let others go first. */
  isBehind(throttle: Throttle): boolean {
    return this.waiting.size > 0 && this.#served !== throttle;
  }

  /** Lets those that wait go on, the one that waits longest first, until one has to wait again. */
  wake(): void {
    if (this.connections === 0) this.#onIdle();
    let count = this.waiting.size;
    for (const throttle of this.waiting) {
      if (count-- === 0) break;
      this.waiting.delete(throttle);
      this.#served = throttle;
      throttle.wake();
      if (this.slot !== null) break;
    }
    this.#served = null;
    this.#keepAlive();
  }

  /** Nobody's keepalive runs out in the queue. */
  #keepAlive(): void {
    const now = performance.now();
    if (now - this.#keptAlive < LONGEST_SLEEP) return;
    this.#keptAlive = now;
    for (const throttle of this.waiting) throttle.stayAlive();
  }
}

/** All of the connections of a node whose clients send too fast. */
export class Throttles {
  readonly limits: RateLimits;
  readonly wheel = new TimerWheel();
  readonly #byAddress = new Map<string, SharedAccount>();
  /** Accounts that are kept at most beside those of connections. */
  readonly #mostIdle: number;
  /** Accounts that a connection shares. */
  #connected = 0;
  #isClosed = false;

  constructor(limits: RateLimits, mostIdle = 100_000) {
    this.limits = limits;
    this.#mostIdle = mostIdle;
  }

  /** The account of an address, which a connection shares from now on. */
  enter(address: string): SharedAccount {
    const key = neighbourhood(address);
    const account = this.#byAddress.get(key) ?? new SharedAccount(this.wheel, () => this.#rest(key, account));
    // It may have rested.
    if (account.connections++ === 0) {
      this.#connected++;
      this.wheel.remove(account);
    }
    this.#byAddress.set(key, account);
    return account;
  }

  leave(address: string, account: SharedAccount): void {
    if (--account.connections > 0) return;
    this.#connected--;
    this.#rest(neighbourhood(address), account);
  }

  /**
   * Keeps an account without a connection as long as something is missing in it: who comes back does not find forgotten
   * what it took.
   */
  #rest(key: string, account: SharedAccount): void {
    const { messagesPerSecondPerAddress, bytesPerSecondPerAddress } = this.limits;
    const now = performance.now();
    const isFull =
      account.messages.isFull(messagesPerSecondPerAddress, now) && account.bytes.isFull(bytesPerSecondPerAddress, now);
    if (isFull || this.#isClosed || this.addresses - this.#connected > this.#mostIdle) this.#byAddress.delete(key);
    else this.wheel.sleep(account, LONGEST_SLEEP);
  }

  /** Connections that end from now on leave nothing behind. */
  close(): void {
    this.#isClosed = true;
    this.wheel.wakeAll();
  }

  /** The limits are other ones: nobody waits any longer than by those. */
  review(): void {
    this.wheel.wakeAll();
  }

  /** Addresses that have an account. */
  get addresses(): number {
    return this.#byAddress.size;
  }
}

/**
 * Holds one connection whose client sends too fast: it is read no further until there is room. Nothing is dropped, and
 * its keepalive does not run out meanwhile.
 */
export class Throttle implements Sleeper {
  slot: Set<Sleeper> | null = null;
  readonly #all: Throttles;
  readonly #address: string;
  readonly #goOn: () => void;
  readonly #stayAlive: () => void;
  /** Made when there is a limit for the first time. */
  #own: Account | null = null;
  #shared: SharedAccount | null = null;

  /** `goOn` is called when there may be room again, `stayAlive` now and then while there is none. */
  constructor(all: Throttles, address: string, goOn: () => void, stayAlive: () => void) {
    this.#all = all;
    this.#address = address;
    this.#goOn = goOn;
    this.#stayAlive = stayAlive;
  }

  /** Whether there is a limit of messages. */
  get countsMessages(): boolean {
    const { messagesPerSecond, messagesPerSecondPerAddress } = this.#all.limits;
    return messagesPerSecond > 0 || messagesPerSecondPerAddress > 0;
  }

  /** Takes a message. Answers false when there is no room for it: `goOn` says when to try again. */
  takeMessage(): boolean {
    const { messagesPerSecond, messagesPerSecondPerAddress } = this.#all.limits;
    if (!this.countsMessages) return true;
    const now = performance.now();
    const own = this.#ownAccount().messages;
    const shared = this.#sharedAccount();
    if (this.#hold(own.wait(messagesPerSecond, 1, now))) return false;
    if (this.#awaitTurn(shared, shared.messages.wait(messagesPerSecondPerAddress, 1, now))) return false;
    own.take(messagesPerSecond, 1, now);
    shared.messages.take(messagesPerSecondPerAddress, 1, now);
    return true;
  }

  /** Whether the connection may be read. Where it may not, `goOn` says when to try again. */
  mayRead(): boolean {
    const { bytesPerSecond, bytesPerSecondPerAddress } = this.#all.limits;
    if (bytesPerSecond === 0 && bytesPerSecondPerAddress === 0) return true;
    const now = performance.now();
    if (this.#hold(this.#ownAccount().bytes.wait(bytesPerSecond, 1, now))) return false;
    const shared = this.#sharedAccount();
    return !this.#awaitTurn(shared, shared.bytes.wait(bytesPerSecondPerAddress, 1, now));
  }

  /** Counts bytes that were read; as many as came at once may be more than there was room for. */
  countBytes(count: number): void {
    const { bytesPerSecond, bytesPerSecondPerAddress } = this.#all.limits;
    if (bytesPerSecond === 0 && bytesPerSecondPerAddress === 0) return;
    const now = performance.now();
    this.#ownAccount().bytes.take(bytesPerSecond, count, now);
    this.#sharedAccount().bytes.take(bytesPerSecondPerAddress, count, now);
  }

  /** The connection is over. */
  close(): void {
    this.#all.wheel.remove(this);
    if (!this.#shared) return;
    this.#shared.leave(this);
    this.#all.leave(this.#address, this.#shared);
    this.#shared = null;
  }

  wake(): void {
    this.#stayAlive();
    this.#goOn();
  }

  stayAlive(): void {
    this.#stayAlive();
  }

  #ownAccount(): Account {
    this.#own ??= new Account();
    return this.#own;
  }

  #sharedAccount(): SharedAccount {
    this.#shared ??= this.#all.enter(this.#address);
    return this.#shared;
  }

  #hold(milliseconds: number): boolean {
    if (milliseconds > 0 && this.slot === null) this.#all.wheel.sleep(this, milliseconds);
    return milliseconds > 0;
  }

  #awaitTurn(shared: SharedAccount, milliseconds: number): boolean {
    if (milliseconds === 0 && !shared.isBehind(this)) return false;
    shared.await(this, milliseconds);
    return true;
  }
}
