import type { Express } from 'express';
import { raw } from 'express';
import { type DocumentNode, execute } from 'graphql';
import { createBareExpress } from './bare-express.ts';
import type { House } from './house.ts';

/** An operation with the variables that every request runs it with. */
export interface Call {
  readonly document: DocumentNode;
  readonly variables: Record<string, unknown>;
}

/** One operation that graphql-js interprets: parsed once, executed for each request to `/`, whatever its method. */
export function createInterpreted(house: House, { document, variables }: Call): Express {
  const { schema, context } = house;
  const app = createBareExpress(house);
  app.all('/', raw({ type: () => true }), async (_request, response) => {
    const result = execute({ schema, document, variableValues: variables, contextValue: context });
    response.json(result instanceof Promise ? await result : result);
  });
  return app;
}
