import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import type { Context } from '../../resolvers/context.ts';
import { resolvers } from '../../resolvers/index.ts';

/** The SDL of `schema/`, with the resolvers. */
export function createSchema(folder: string): GraphQLSchema {
  const files = readdirSync(folder).filter((name) => name.endsWith('.graphql'));
  const typeDefs = files.sort().map((name) => readFileSync(join(folder, name), 'utf8'));
  return makeExecutableSchema<Context>({ typeDefs, resolvers });
}
