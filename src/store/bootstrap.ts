import { randomInt } from 'node:crypto';
import type { CredentialRecord, CredentialRecords } from './credential-records.ts';
import type { Hashing } from './hashing.ts';
import type { CredentialKind } from './principal.ts';

/** Credentials that the configuration names; null where it names none. */
export interface Wanted {
  readonly app: { readonly id: string; readonly secret: string } | null;
  readonly admin: { readonly user: string; readonly password: string } | null;
}

/** Credentials that were generated, in plain text and for this one time; null where none was. */
export interface Generated {
  readonly application: { readonly id: string; readonly secret: string } | null;
  readonly user: { readonly name: string; readonly password: string } | null;
}

/**
 * Makes sure that somebody can sign in. What the configuration names exists afterwards with the secret given there.
 * Where it names none and there is none of that kind, an application with a random id, or the user `admin`, is made
 * with a random secret and answered. A name or secret that is empty or above 1 KiB is refused with BAD_USER_INPUT.
 */
export type Bootstrap = (wanted: Wanted) => Promise<Generated>;

type Login = readonly [id: string, secret: string];

/** What a bootstrap works with. */
export interface BootstrapParts {
  readonly records: CredentialRecords;
  readonly hashing: Hashing;
  /** Answers the record as it is with this secret; stores nothing. */
  readonly recordWith: (kind: CredentialKind, id: string, secret: string) => Promise<CredentialRecord>;
  /** Stores records, all or none, and forgets what was verified with the ones before. */
  readonly write: (records: readonly (readonly [CredentialKind, CredentialRecord])[]) => Promise<void>;
}

/** Makes the bootstrap over records; it hashes only what it writes or compares. */
export function createBootstrap({ records, hashing, recordWith, write }: BootstrapParts): Bootstrap {
  const holds = async (kind: CredentialKind, [id, secret]: Login): Promise<boolean> => {
    const record = await records.get(kind, id);
    return record !== null && (await hashing.matches(secret, record.hash));
  };

  const recordsFor = async (kind: CredentialKind, given: Login | null, generated: Login | null) => {
    const login = given ?? generated;
    if (login === null || (login === given && (await holds(kind, given)))) return [];
    return [[kind, await recordWith(kind, ...login)] as const];
  };

  return async ({ app, admin }) => {
    const generatedApp: Login | null =
      app === null && (await records.isEmpty('application')) ? [`app-${randomText(8)}`, randomText(24)] : null;
    const generatedUser: Login | null =
      admin === null && (await records.isEmpty('user')) ? ['admin', randomText(24)] : null;

    // One write for both: a start that is cut short between two would leave a secret that nobody was told.
    await write([
      ...(await recordsFor('application', app && [app.id, app.secret], generatedApp)),
      ...(await recordsFor('user', admin && [admin.user, admin.password], generatedUser)),
    ]);

    return {
      application: generatedApp && { id: generatedApp[0], secret: generatedApp[1] },
      user: generatedUser && { name: generatedUser[0], password: generatedUser[1] },
    };
  };
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function randomText(length: number): string {
  return Array.from({ length }, () => BASE62[randomInt(BASE62.length)]).join('');
}
