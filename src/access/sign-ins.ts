import { createHash, randomBytes } from 'node:crypto';
import type { Store } from '../store/key-space.ts';
import type { Accounts } from './accounts.ts';
import type { Principal } from './principal.ts';
import { safeText } from './safe-text.ts';
import type { SignIn, SignIns } from './sign-in.ts';
import { createWriteBehind } from './write-behind.ts';

export interface SignInsOptions {
  readonly accounts: Pick<Accounts, 'principal'>;
  /** Answers the principal of a user whose password is right, or null. */
  readonly logIn: (name: string, password: string, address: string) => MaybePrincipal;
  /** Told that sign-ins ended. */
  readonly ended?: () => void;
  readonly onFault: (fault: unknown) => void;
  /**
   * Milliseconds without a request or an open connection after which a sign-in ends; an hour unless given. Read whenever
   * it is needed, as `lifetime` is.
   */
  readonly idle?: number | undefined;
  /** Milliseconds after which a sign-in ends in any case; 12 hours unless given. */
  readonly lifetime?: number | undefined;
  /** Most sign-ins; 10 000 unless given. */
  readonly limit?: number;
  /** Most sign-ins of a user; 100 unless given. */
  readonly userLimit?: number;
}

type MaybePrincipal = Principal | null | Promise<Principal | null>;

/** A sign-in as it is stored, under the SHA-256 of its token. */
interface SignInRecord extends Omit<SignIn, 'role' | 'expiresAt'> {
  /** The password that it began with; see `Principal.secretId`. */
  readonly secretId: string;
}

interface Row {
  readonly record: SignInRecord;
  lastSeenAt: number;
  savedAt: number;
}

const SPACE = 'signins';
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const HOUR = 3_600_000;
/** Milliseconds by which the stored time of the last request may lag behind. */
const LAG = 60_000;

const keyOfToken = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** Reads the sign-ins of a store, and drops those that ended while it was closed. */
export async function openSignIns(store: Store, options: SignInsOptions): Promise<SignIns> {
  const { accounts, logIn, ended = () => {}, onFault, limit = 10_000, userLimit = 100 } = options;
  const lifetime = (): number => options.lifetime ?? 12 * HOUR;
  const writes = createWriteBehind(store, onFault);
  const rows = new Map<string, Row>();
  const keys = new Map<string, string>();

  const principalOf = ({ record: { id, user, secretId, createdAt }, lastSeenAt }: Row): Principal | null => {
    const now = Date.now();
    if (now >= createdAt + lifetime() || now >= lastSeenAt + (options.idle ?? HOUR)) return null;
    const principal = accounts.principal('user', user);
    if (principal === null || principal.secretId !== secretId) return null;
    return { ...principal, expiresAt: createdAt + lifetime(), signInId: id };
  };

  const add = (key: string, record: SignInRecord): void => {
    rows.set(key, { record, lastSeenAt: record.lastSeenAt, savedAt: record.lastSeenAt });
    keys.set(record.id, key);
  };

  const drop = (key: string): void => {
    const row = rows.get(key);
    if (row === undefined) return;
    rows.delete(key);
    keys.delete(row.record.id);
    writes.add({ type: 'delete', space: SPACE, key });
  };

  const prune = (): void => {
    const before = rows.size;
    for (const [key, row] of rows) if (principalOf(row) === null) drop(key);
    if (rows.size < before) ended();
  };

  /** The principal of a row that was seen just now; a row that is over is dropped. */
  const see = (key: string): Principal | null => {
    const row = rows.get(key);
    if (row === undefined) return null;
    const principal = principalOf(row);
    if (principal === null) {
      drop(key);
      return null;
    }
    row.lastSeenAt = Date.now();
    if (row.lastSeenAt >= row.savedAt + LAG) save(key, row);
    return principal;
  };

  const save = (key: string, row: Row): void => {
    row.savedAt = row.lastSeenAt;
    writes.add({ type: 'put', space: SPACE, key, value: { ...row.record, lastSeenAt: row.lastSeenAt } });
  };

  const revoke = async (key: string | undefined): Promise<boolean> => {
    if (key === undefined || !rows.has(key)) return false;
    drop(key);
    try {
      await writes.flush();
      return true;
    } finally {
      // Whoever signs out over WebSocket reads the answer before the socket ends.
      setImmediate(ended);
    }
  };

  const shownRow = ({ record: { id, user, createdAt, address, userAgent }, lastSeenAt }: Row): SignIn | null => {
    const role = accounts.principal('user', user)?.role;
    if (role === undefined) return null;
    return { id, user, role, createdAt, lastSeenAt, address, userAgent, expiresAt: createdAt + lifetime() };
  };

  const list = (user?: string): SignIn[] => {
    prune();
    const found: SignIn[] = [];
    for (const row of rows.values()) {
      const signIn = user === undefined || row.record.user === user ? shownRow(row) : null;
      if (signIn !== null) found.push(signIn);
    }
    return found;
  };

  const makeRoom = (user: string): void => {
    prune();
    const ofUser = Array.from(rows).filter(([, { record }]) => record.user === user);
    const surplus = ofUser.slice(0, Math.max(0, ofUser.length - userLimit + 1)).map(([key]) => key);
    const [oldest] = rows.keys();
    if (surplus.length === 0 && oldest !== undefined && rows.size >= limit) surplus.push(oldest);
    if (surplus.length === 0) return;
    surplus.forEach(drop);
    ended();
  };

  const stored: (readonly [string, SignInRecord])[] = [];
  for await (const entry of store.space<SignInRecord>(SPACE).entries()) stored.push(entry);
  stored.sort(([, a], [, b]) => a.createdAt - b.createdAt);
  for (const [key, record] of stored) add(key, record);
  prune();

  return {
    async start(name, password, { address, userAgent }) {
      const principal = await logIn(name, password, address);
      if (principal === null) return null;
      makeRoom(name);
      const token = randomBytes(32).toString('base64url');
      const key = keyOfToken(token);
      const now = Date.now();
      const record: SignInRecord = {
        id: randomBytes(12).toString('base64url'),
        user: name,
        secretId: principal.secretId,
        createdAt: now,
        lastSeenAt: now,
        address: safeText(address),
        userAgent: userAgent && safeText(userAgent),
      };
      add(key, record);
      writes.add({ type: 'put', space: SPACE, key, value: record });
      await writes.flush();
      const row = rows.get(key);
      const signIn = row === undefined ? null : shownRow(row);
      return signIn && { token, signIn };
    },
    find: (token) => (TOKEN.test(token) ? see(keyOfToken(token)) : null),
    objection({ signInId, expiresAt }) {
      if (signInId === null) return null;
      const key = keys.get(signInId);
      if (key !== undefined && see(key) !== null) return null;
      return expiresAt !== null && expiresAt <= Date.now() ? 'EXPIRED' : 'SIGNED_OUT';
    },
    list,
    revoke: (id) => revoke(keys.get(id)),
    prune,
    close() {
      for (const [key, row] of rows) if (row.lastSeenAt > row.savedAt) save(key, row);
      return writes.settle();
    },
  };
}
