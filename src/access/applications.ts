import { type Account, type Application, applicationOf, newAccount } from './account.ts';
import { checkExpired, checkName, checkSecret, checkText } from './account-checks.ts';
import { accountExists, tooManyAccounts, unknownAccount } from './account-refusals.ts';
import type { Hashing } from './hashing.ts';
import type { Ledger } from './ledger.ts';
import { randomSecret } from './random-text.ts';

/** What an administrator decides about an application; what is undefined stays, or has its default. */
export interface ApplicationFields {
  /** Up to 1 KiB; the id unless given. */
  readonly name?: string | undefined;
  /** Up to 1 KiB; null unless given. */
  readonly desc?: Application['desc'] | undefined;
  /** True unless given. */
  readonly status?: boolean | undefined;
  /** Epoch seconds; null unless given. */
  readonly expired?: Application['expired'] | undefined;
  /** ADMIN unless given, as every application of EMQ X 3 was. */
  readonly role?: Application['role'] | undefined;
  /** Null unless given. */
  readonly restProfile?: Application['restProfile'] | undefined;
}

/** Fields of an application that is made. */
export interface NewApplication extends ApplicationFields {
  /** 1 to 64 bytes without ':', '/' and invisible characters. */
  readonly id: string;
  /** 1 to 256 bytes; empty, null or undefined asks for one to be made. */
  readonly secret?: string | null | undefined;
}

/**
 * The applications. Every call rejects with BAD_USER_INPUT for a malformed value, and with NOT_FOUND for an id that
 * nobody has where an application is asked for.
 */
export interface Applications {
  /** In the order of their creation. */
  list(): readonly Application[];
  get(id: string): Application | null;
  /** Answers the secret, this once. Rejects with ALREADY_EXISTS, or LIMIT_EXCEEDED when there are too many. */
  create(given: NewApplication): Promise<{ readonly application: Application; readonly secret: string }>;
  update(id: string, fields: ApplicationFields): Promise<Application>;
  /** Gives a new secret, or makes one where none is given, and answers it. */
  resetSecret(id: string, secret?: string | null): Promise<string>;
  /** Answers whether there was one. */
  delete(id: string): Promise<boolean>;
}

const KIND = 'application';

/** Makes the view of a ledger as applications, at most `limit` of them. */
export function createApplications(ledger: Ledger, hashing: Hashing, limit: number): Applications {
  const known = (id: string): Account => {
    const account = ledger.get(KIND, id);
    if (account === null) throw unknownAccount(KIND, id);
    return account;
  };

  const assertRoom = (id: string): void => {
    if (ledger.get(KIND, id) !== null) throw accountExists(KIND, id);
    if (ledger.count(KIND) >= limit) throw tooManyAccounts(KIND, limit);
  };

  return {
    list: () => ledger.all(KIND).map(applicationOf),
    get(id) {
      const account = ledger.get(KIND, id);
      return account && applicationOf(account);
    },
    async create({ id, secret: given, ...fields }) {
      const secret = given || randomSecret();
      checkName('id', id);
      checkFields(fields);
      checkSecret('secret', secret);
      assertRoom(id);
      const hash = await hashing.hash(secret);
      const account = changed(newAccount(id, hash, ledger.nextCreation(KIND)), fields);
      await ledger.change(() => {
        assertRoom(id);
        return [{ kind: KIND, id, account }];
      });
      return { application: applicationOf(account), secret };
    },
    async update(id, fields) {
      checkFields(fields);
      let account = known(id);
      await ledger.change(() => {
        account = changed(known(id), fields);
        return [{ kind: KIND, id, account }];
      });
      return applicationOf(account);
    },
    async resetSecret(id, given) {
      const secret = given || randomSecret();
      checkSecret('secret', secret);
      known(id);
      const hash = await hashing.hash(secret);
      await ledger.change(() => [{ kind: KIND, id, account: { ...known(id), hash } }]);
      return secret;
    },
    async delete(id) {
      let wasThere = false;
      await ledger.change(() => {
        wasThere = ledger.get(KIND, id) !== null;
        return wasThere ? [{ kind: KIND, id, account: null }] : [];
      });
      return wasThere;
    },
  };
}

function checkFields({ name, desc, expired }: ApplicationFields): void {
  if (name !== undefined) checkText('name', name);
  if (desc !== undefined) checkText('desc', desc);
  if (expired !== undefined) checkExpired(expired);
}

function changed(account: Account, fields: ApplicationFields): Account {
  const { name, desc, status, expired, role, restProfile } = fields;
  return {
    ...account,
    name: name ?? account.name,
    desc: desc === undefined ? account.desc : desc,
    status: status ?? account.status,
    expired: expired === undefined ? account.expired : expired,
    role: role ?? account.role,
    restProfile: restProfile === undefined ? account.restProfile : restProfile,
  };
}
