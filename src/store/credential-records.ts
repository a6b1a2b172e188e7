import type { Change, KeySpace, Store } from './key-space.ts';
import type { CredentialKind, Role } from './principal.ts';

/** An application or a dashboard user, as it is stored. */
export interface CredentialRecord {
  /** What it signs in with: the id of an application, the name of a user. */
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  /** The secret at rest, as `Hashing.hash` answers it. */
  readonly hash: string;
  /** Whether it may sign in. */
  readonly status: boolean;
  readonly role: Role;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

export interface CredentialRecords {
  /** Answers the record of this id, or null. */
  get(kind: CredentialKind, id: string): Promise<CredentialRecord | null>;
  /** Says whether there is no credential of this kind. */
  isEmpty(kind: CredentialKind): Promise<boolean>;
  /** Stores all of these records or, when it rejects, none. */
  write(records: readonly (readonly [CredentialKind, CredentialRecord])[]): Promise<void>;
}

const spaceNames = { application: 'applications', user: 'users' } as const;

/** Makes the view of a store as records of applications and users. */
export function createCredentialRecords(store: Store): CredentialRecords {
  const spaces: Record<CredentialKind, KeySpace<CredentialRecord>> = {
    application: store.space(spaceNames.application),
    user: store.space(spaceNames.user),
  };
  return {
    get: (kind, id) => spaces[kind].get(id),
    async isEmpty(kind) {
      for await (const _ of spaces[kind].entries()) return false;
      return true;
    },
    write: (records) =>
      store.batch(
        records.map(
          ([kind, record]): Change => ({ type: 'put', space: spaceNames[kind], key: record.id, value: record }),
        ),
      ),
  };
}
