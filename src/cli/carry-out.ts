import type { Access } from '../access/access.ts';
import type { Application, User } from '../access/account.ts';
import type { Accounts } from '../access/accounts.ts';
import type { AuditEvent } from '../access/audit-entry.ts';
import { BrokerError } from '../refusals.ts';
import { writeBackup } from '../store/backup.ts';
import type { Database } from '../store/database.ts';
import { StoreError } from '../store/store-error.ts';
import type { AccountOrder, Order, Reply, Row } from './order.ts';

/** What orders are carried out on: the running process has it open, or the command itself opens it. */
export interface Desk extends Pick<Access, 'accounts' | 'audit'> {
  readonly database: Database;
}

/**
 * Carries out an order, and notes each change, done or refused, in the audit log. Answers refusals; rejects with what
 * is none.
 */
export async function carryOut({ accounts, audit, database }: Desk, order: Order): Promise<Reply> {
  const note = (result: AuditEvent['result'], message: string | null): void => {
    if (!('target' in order)) return;
    const nobody = { who: null, kind: null, role: null, from: null } as const;
    audit.add({ ...nobody, via: 'CLI', what: order.what, target: order.target, result, message });
  };
  try {
    const done = order.what === 'backup' ? await backUp(database, order.target) : await act(accounts, order);
    note('OK', null);
    return { result: 'DONE', ...done };
  } catch (error) {
    if (error instanceof StoreError) {
      note('BAD_USER_INPUT', error.message);
      return { result: 'REFUSED', message: error.message };
    }
    if (!(error instanceof BrokerError)) {
      note('INTERNAL', null);
      throw error;
    }
    note(error.code, error.message);
    return { result: 'REFUSED', message: error.message };
  }
}

interface Done {
  readonly rows: Row[];
  readonly secret: string | null;
}

async function backUp(database: Database, file: string): Promise<Done> {
  const { entries, bytes } = await writeBackup(database, file);
  return { rows: [{ file, entries: String(entries), bytes: String(bytes) }], secret: null };
}

async function act({ users, applications }: Accounts, order: AccountOrder): Promise<Done> {
  switch (order.what) {
    case 'users':
      return { rows: users.list().map(userRow), secret: null };
    case 'applications':
      return { rows: applications.list().map(applicationRow), secret: null };
    case 'createUser': {
      const { target: name, secret: given, role, tags } = order;
      const { user, password } = await users.create({ name, password: given, role, tags });
      return { rows: [userRow(user)], secret: given === null ? password : null };
    }
    case 'createApplication': {
      const { what: _, target: id, secret: given, ...fields } = order;
      const { application, secret } = await applications.create({ id, secret: given, ...fields });
      return { rows: [applicationRow(application)], secret: given === null ? secret : null };
    }
    case 'resetPassword': {
      const password = await users.resetPassword(order.target, order.secret);
      return { rows: [], secret: order.secret === null ? password : null };
    }
    case 'resetApplicationSecret': {
      const secret = await applications.resetSecret(order.target, order.secret);
      return { rows: [], secret: order.secret === null ? secret : null };
    }
  }
}

/** A time that a Date cannot tell, which an old client may have set, is shown as it is. */
function instant(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? `${milliseconds / 1000} s` : date.toISOString();
}

function userRow({ name, role, tags, createdAt }: User): Row {
  return { name, role: role.toLowerCase(), tags, created: instant(createdAt) };
}

function applicationRow(application: Application): Row {
  const { id, name, desc, status, expired, role, restProfile, createdAt } = application;
  return {
    ...{
      id,
      name,
      role: role.toLowerCase(),
      enabled: status,
      expires: expired === null ? null : instant(expired * 1000),
    },
    ...{ profile: restProfile, desc, created: instant(createdAt) },
  };
}
