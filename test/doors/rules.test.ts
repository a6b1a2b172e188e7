import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GraphQLObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ruleOf } from '../../src/graphql/authorization.ts';
import { guardSchema } from '../../src/graphql/guarded-schema.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { packageRoot } from '../../src/package.ts';

const folder = join(packageRoot, 'schema');
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'brokerql-schema-'));
});

afterAll(() => rmSync(copy, { recursive: true }));

/** Guards a copy of the SDL in which one piece of a file is another. */
function guardWith(file: string, piece: string, other: string): void {
  cpSync(folder, copy, { recursive: true });
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  if (text.split(piece).length !== 2) throw new Error(`${file} has not exactly one '${piece}'`);
  writeFileSync(path, text.replace(piece, other));
  guardSchema(createSchema(copy));
}

describe('a schema is refused', () => {
  test.each([
    ['a query', 'access.graphql', 'users: [User!]! @auth(role: ADMIN, kind: USER)', 'users: [User!]!', 'Query.users'],
    [
      'a mutation',
      'access.graphql',
      '): VerifyPasswordPayload! @open',
      '): VerifyPasswordPayload!',
      'Mutation.verifyPassword',
    ],
    ['a subscription', 'live.graphql', '): [Stats!]! @auth(role: VIEWER)', '): [Stats!]!', 'Subscription.stats'],
    [
      'the first field of a type',
      'access.graphql',
      'type AuditEntry @auth(role: ADMIN, kind: USER)',
      'type AuditEntry',
      'AuditEntry.id',
    ],
    [
      'a new field',
      'access.graphql',
      '  me: Caller! @auth',
      '  secrets: [String!]!\n  me: Caller! @auth',
      'Query.secrets',
    ],
  ])('when %s has no rule', (_, file, piece, other, name) => {
    expect(() => guardWith(file, piece, other)).toThrow(`${name} has no @auth(role:)`);
  });

  test.each([
    ['a lower role', '@auth(role: OPERATOR, kind: USER)'],
    ['applications too', '@auth(role: ADMIN)'],
    ['applications instead', '@auth(role: ADMIN, kind: APPLICATION)'],
  ])('when a field lets %s see a type that asks for more', (_, rule) => {
    const field = 'users: [User!]! ';
    const make = () => guardWith('access.graphql', `${field}@auth(role: ADMIN, kind: USER)`, field + rule);
    expect(make).toThrow('Query.users leads to User, which asks for more');
  });

  test('not when a field asks for more than its type', () => {
    expect(() =>
      guardWith('access.graphql', 'me: Caller! @auth(role: VIEWER)', 'me: Caller! @auth(role: ADMIN)'),
    ).not.toThrow();
  });
});

describe('the fields that callers begin with', () => {
  const schema = guardSchema(createSchema(folder));
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const rows = roots.flatMap((type) =>
    Object.values(type?.getFields() ?? {}).map((field) => {
      const rule = ruleOf(type as GraphQLObjectType, field);
      const words = rule === 'OPEN' ? rule : [rule?.role, rule?.kind].filter((word) => word).join(' ');
      return [words, `${type}.${field.name}`] as const;
    }),
  );
  const fieldsOf = (rule: string) =>
    rows
      .filter(([words]) => words === rule)
      .map(([, name]) => name)
      .sort();

  test('are open to strangers', () => {
    expect(fieldsOf('OPEN')).toEqual(['Mutation.signIn', 'Mutation.verifyPassword']);
  });

  test('are for every user, and no application', () => {
    expect(fieldsOf('VIEWER user')).toEqual([
      'Mutation.changePassword',
      'Mutation.revokeSignIn',
      'Mutation.signOut',
      'Query.signIns',
    ]);
  });

  test('are for admins among the users', () => {
    expect(fieldsOf('ADMIN user')).toEqual([
      'Mutation.createApplication',
      'Mutation.createUser',
      'Mutation.deleteApplication',
      'Mutation.deleteUser',
      'Mutation.resetApplicationSecret',
      'Mutation.resetPassword',
      'Mutation.updateApplication',
      'Mutation.updateUser',
      'Query.application',
      'Query.applications',
      'Query.auditEntries',
      'Query.user',
      'Query.users',
      'Subscription.auditEvents',
    ]);
  });

  test('are for admins, of both kinds', () => {
    expect(fieldsOf('ADMIN')).toEqual([
      'Mutation.createCredential',
      'Mutation.deleteCredential',
      'Mutation.loadPlugin',
      'Mutation.reloadPlugin',
      'Mutation.replaceConfigs',
      'Mutation.resetConfig',
      'Mutation.setConfig',
      'Mutation.unloadPlugin',
      'Mutation.updateCredential',
      'Subscription.traceClient',
    ]);
  });

  test('act on clients and messages for operators', () => {
    expect(fieldsOf('OPERATOR')).toEqual([
      'Mutation.banConnections',
      'Mutation.cleanAclCache',
      'Mutation.cleanSession',
      'Mutation.clearAlarm',
      'Mutation.clearRetainedMessages',
      'Mutation.createBan',
      'Mutation.createBans',
      'Mutation.deleteAlarmHistory',
      'Mutation.deleteBan',
      'Mutation.deleteBans',
      'Mutation.deleteDelayedMessages',
      'Mutation.kickConnection',
      'Mutation.kickConnections',
      'Mutation.publish',
      'Mutation.publishMany',
      'Mutation.subscribe',
      'Mutation.subscribeMany',
      'Mutation.unsubscribe',
      'Mutation.unsubscribeMany',
      'Query.diagnostics',
    ]);
  });

  test('let viewers only read', () => {
    expect(fieldsOf('VIEWER').filter((name) => name.startsWith('Mutation.'))).toEqual([]);
    expect(new Set(rows.map(([rule]) => rule))).toEqual(
      new Set(['OPEN', 'VIEWER', 'VIEWER user', 'OPERATOR', 'ADMIN', 'ADMIN user']),
    );
  });
});
