import type { LiveSession, LiveSubscription } from './live-session.ts';

/** How a group chooses the member that gets a message. */
export type SharedStrategy = 'random' | 'round_robin' | 'sticky' | 'hash';

/** FNV-1a: spreads publishers evenly, and the same to the same place. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** A list in which each place is found at once, and whose gaps are filled by its last. */
class Members {
  readonly list: LiveSubscription[] = [];
  readonly #places = new Map<LiveSubscription, number>();

  add(member: LiveSubscription): void {
    if (this.#places.has(member)) return;
    this.#places.set(member, this.list.push(member) - 1);
  }

  placeOf(member: LiveSubscription | null): number | undefined {
    return member === null ? undefined : this.#places.get(member);
  }

  delete(member: LiveSubscription): void {
    const place = this.#places.get(member);
    if (place === undefined) return;
    this.#places.delete(member);
    const last = this.list.pop() as LiveSubscription;
    if (last === member) return;
    this.list[place] = last;
    this.#places.set(last, place);
  }
}

/** The members of one shared subscription: each message goes to one of them, an online one when there is any. */
export class SharedGroup {
  readonly #online = new Members();
  readonly #offline = new Members();
  #turn = 0;
  #sticky: LiveSubscription | null = null;

  /** Notes a new member, or that a member came or went, or has another QoS: one that is away with QoS 0 can queue nothing. */
  place(member: LiveSubscription): void {
    this.#online.delete(member);
    this.#offline.delete(member);
    if (member.session.connected) this.#online.add(member);
    else if (member.qos > 0) this.#offline.add(member);
  }

  delete(member: LiveSubscription): void {
    this.#online.delete(member);
    this.#offline.delete(member);
    if (this.#sticky === member) this.#sticky = null;
  }

  /** The member that gets a message of this publisher; null when there is none. `except` gets none. */
  pick(strategy: SharedStrategy, publisher: string, except: LiveSession | null = null): LiveSubscription | null {
    return (
      this.#pickOf(this.#online, strategy, publisher, except) ??
      this.#pickOf(this.#offline, strategy, publisher, except)
    );
  }

  #pickOf(
    members: Members,
    strategy: SharedStrategy,
    publisher: string,
    except: LiveSession | null,
  ): LiveSubscription | null {
    const { list } = members;
    if (list.length === 0) return null;
    const start = this.#startOf(members, strategy, publisher);
    // A session is a member once: the second one is not the exception too.
    for (let i = 0; i < list.length && i < 2; i++) {
      const member = list[(start + i) % list.length] as LiveSubscription;
      if (member.session === except) continue;
      this.#sticky = member;
      return member;
    }
    return null;
  }

  #startOf(members: Members, strategy: SharedStrategy, publisher: string): number {
    const { length } = members.list;
    const random = (): number => Math.floor(Math.random() * length);
    switch (strategy) {
      case 'random':
        return random();
      case 'round_robin':
        this.#turn = (this.#turn + 1) % Number.MAX_SAFE_INTEGER;
        return this.#turn % length;
      case 'hash':
        return hashOf(publisher) % length;
      case 'sticky':
        return members.placeOf(this.#sticky) ?? random();
    }
  }
}
