import { type Account, newAccount } from './account.ts';
import { checkName, checkSecret } from './account-checks.ts';
import { keyOf } from './account-refusals.ts';
import type { Hashing } from './hashing.ts';
import type { Edit, Ledger } from './ledger.ts';
import type { CredentialKind } from './principal.ts';
import { randomSecret, randomText } from './random-text.ts';

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
 * with a random secret and answered. A new name or a new secret that is malformed is refused with BAD_USER_INPUT.
 */
export type Bootstrap = (wanted: Wanted) => Promise<Generated>;

type Login = readonly [id: string, secret: string];

const secretNames = { application: 'secret', user: 'password' } as const;

/** Makes the bootstrap over a ledger; it hashes only what it writes or compares. */
export function createBootstrap(ledger: Ledger, hashing: Hashing): Bootstrap {
  const accountWith = async (kind: CredentialKind, [id, secret]: Login): Promise<Account | null> => {
    const before = ledger.get(kind, id);
    if (before === null) checkName(keyOf[kind], id);
    else if (await hashing.matches(secret, before.hash)) return null;
    checkSecret(secretNames[kind], secret);
    const hash = await hashing.hash(secret);
    return before === null ? newAccount(id, hash, ledger.nextCreation(kind)) : { ...before, hash };
  };

  const editsFor = async (kind: CredentialKind, login: Login | null): Promise<Edit[]> => {
    const account = login && (await accountWith(kind, login));
    return account === null ? [] : [{ kind, id: account.id, account }];
  };

  return async ({ app, admin }) => {
    const newApp: Login | null =
      app === null && ledger.count('application') === 0 ? [`app-${randomText(8)}`, randomSecret()] : null;
    const newUser: Login | null = admin === null && ledger.count('user') === 0 ? ['admin', randomSecret()] : null;

    // One write for both: a start that is cut short between two would leave a secret that nobody was told.
    const edits = [
      ...(await editsFor('application', app ? [app.id, app.secret] : newApp)),
      ...(await editsFor('user', admin ? [admin.user, admin.password] : newUser)),
    ];
    await ledger.change(() => edits);

    return {
      application: newApp && { id: newApp[0], secret: newApp[1] },
      user: newUser && { name: newUser[0], password: newUser[1] },
    };
  };
}
