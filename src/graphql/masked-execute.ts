import type { GraphQLSchema } from 'graphql';
import { createExecute } from './compile.ts';
import { type LogFault, maskError } from './errors.ts';
import type { Execute, Outcome } from './execute-port.ts';

/** Compiled operations whose errors are those that a caller may see. */
export function createMaskedExecute(schema: GraphQLSchema, logFault: LogFault): Execute {
  const execute = createExecute(schema);
  const mask = <Data>(outcome: Outcome<Data>): Outcome<Data> =>
    'errors' in outcome ? { errors: outcome.errors.map((error) => maskError(error, logFault)) } : outcome;
  return {
    prepare(document, dress) {
      const run = execute.prepare(document, dress);
      return (variables, context) => {
        const outcome = run(variables, context);
        return outcome instanceof Promise ? outcome.then(mask) : mask(outcome);
      };
    },
  };
}
