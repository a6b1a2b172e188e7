import { type Account, newAccount, type User, userOf } from './account.ts';
import { checkName, checkSecret, checkText } from './account-checks.ts';
import { accountExists, protectedUser, tooManyAccounts, unknownAccount, wrongPassword } from './account-refusals.ts';
import type { Hashing } from './hashing.ts';
import type { Ledger } from './ledger.ts';
import { randomSecret } from './random-text.ts';

/** What an administrator decides about a user; what is undefined stays, or has its default. */
export interface UserFields {
  /** Up to 1 KiB; null unless given. */
  readonly tags?: User['tags'] | undefined;
  /** ADMIN unless given, as every user of EMQ X 3 was. */
  readonly role?: User['role'] | undefined;
}

/** Fields of a user that is made. */
export interface NewUser extends UserFields {
  /** 1 to 64 bytes without ':', '/' and invisible characters. */
  readonly name: string;
  /** 1 to 256 bytes; empty, null or undefined asks for one to be made. */
  readonly password?: string | null | undefined;
}

/**
 * The dashboard users. Every call rejects with BAD_USER_INPUT for a malformed value, and with NOT_FOUND for a name that
 * nobody has where a user is asked for.
 */
export interface Users {
  /** In the order of their creation. */
  list(): readonly User[];
  get(name: string): User | null;
  /** Answers the password, this once. Rejects with ALREADY_EXISTS, or LIMIT_EXCEEDED when there are too many. */
  create(given: NewUser): Promise<{ readonly user: User; readonly password: string }>;
  /** Rejects with PROTECTED when nobody with the role ADMIN would be left. */
  update(name: string, fields: UserFields): Promise<User>;
  /** Rejects with WRONG_PASSWORD when the old password is not right, or changed meanwhile. */
  changePassword(name: string, oldPassword: string, newPassword: string): Promise<void>;
  /** Gives a new password, or makes one where none is given, and answers it. */
  resetPassword(name: string, password?: string | null): Promise<string>;
  /** Answers whether there was one. Rejects with PROTECTED for `admin`, and for the last user with the role ADMIN. */
  delete(name: string): Promise<boolean>;
}

const KIND = 'user';

/** Makes the view of a ledger as users, at most `limit` of them. */
export function createUsers(ledger: Ledger, hashing: Hashing, limit: number): Users {
  const known = (name: string): Account => {
    const account = ledger.get(KIND, name);
    if (account === null) throw unknownAccount(KIND, name);
    return account;
  };

  const assertRoom = (name: string): void => {
    if (ledger.get(KIND, name) !== null) throw accountExists(KIND, name);
    if (ledger.count(KIND) >= limit) throw tooManyAccounts(KIND, limit);
  };

  const isAdmin = ({ role, status }: Account): boolean => role === 'ADMIN' && status;

  const isLastAdmin = (account: Account): boolean =>
    isAdmin(account) && !ledger.all(KIND).some((other) => other.id !== account.id && isAdmin(other));

  return {
    list: () => ledger.all(KIND).map(userOf),
    get(name) {
      const account = ledger.get(KIND, name);
      return account && userOf(account);
    },
    async create({ name, password: given, ...fields }) {
      const password = given || randomSecret();
      checkName('name', name);
      checkFields(fields);
      checkSecret('password', password);
      assertRoom(name);
      const hash = await hashing.hash(password);
      const account = changed(newAccount(name, hash, ledger.nextCreation(KIND)), fields);
      await ledger.change(() => {
        assertRoom(name);
        return [{ kind: KIND, id: name, account }];
      });
      return { user: userOf(account), password };
    },
    async update(name, fields) {
      checkFields(fields);
      let account = known(name);
      await ledger.change(() => {
        const before = known(name);
        account = changed(before, fields);
        if (isLastAdmin(before) && !isAdmin(account)) {
          throw protectedUser(name, 'is the last with the role ADMIN, and keeps it');
        }
        return [{ kind: KIND, id: name, account }];
      });
      return userOf(account);
    },
    async changePassword(name, oldPassword, newPassword) {
      checkSecret('newPassword', newPassword);
      const { hash: oldHash } = known(name);
      if (!(await hashing.matches(oldPassword, oldHash))) throw wrongPassword(name);
      const hash = await hashing.hash(newPassword);
      await ledger.change(() => {
        const before = known(name);
        if (before.hash !== oldHash) throw wrongPassword(name);
        return [{ kind: KIND, id: name, account: { ...before, hash } }];
      });
    },
    async resetPassword(name, given) {
      const password = given || randomSecret();
      checkSecret('password', password);
      known(name);
      const hash = await hashing.hash(password);
      await ledger.change(() => [{ kind: KIND, id: name, account: { ...known(name), hash } }]);
      return password;
    },
    async delete(name) {
      if (name === 'admin') throw protectedUser(name, 'cannot be deleted');
      let wasThere = false;
      await ledger.change(() => {
        const before = ledger.get(KIND, name);
        wasThere = before !== null;
        if (before === null) return [];
        if (isLastAdmin(before)) throw protectedUser(name, 'is the last with the role ADMIN, and cannot be deleted');
        return [{ kind: KIND, id: name, account: null }];
      });
      return wasThere;
    },
  };
}

function checkFields({ tags }: UserFields): void {
  if (tags !== undefined) checkText('tags', tags);
}

function changed(account: Account, { tags, role }: UserFields): Account {
  return { ...account, tags: tags === undefined ? account.tags : tags, role: role ?? account.role };
}
