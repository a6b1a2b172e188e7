import { join } from 'node:path';
import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { restEndpoints } from '../../rest-facade/facade.ts';
import { profiles } from '../../rest-facade/profiles.ts';
import { isCompilable } from '../../src/graphql/compile.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { packageRoot } from '../../src/package.ts';
import { PROFILES } from './support/profiles.ts';

const schema = createSchema(join(packageRoot, 'schema'));

describe.each(PROFILES)('the contract of %s as GraphQL shows it', (profile) => {
  const { release } = profiles[profile];
  const toApplications = restEndpoints(release, 'application');
  const toUsers = restEndpoints(release, 'user');
  const ofAccounts = toUsers.filter((row) => !toApplications.some(({ path }) => path === row.path));

  test('has the rows of applications for users, and those that applications see in the same order', () => {
    expect(ofAccounts).toHaveLength(11);
    expect(toUsers.filter((row) => !ofAccounts.includes(row))).toEqual(toApplications);
  });

  test.each(ofAccounts)('has a compiled operation for $method $path', ({ operation }) => {
    expect(isCompilable(schema, parse(operation))).toBe(true);
  });
});
