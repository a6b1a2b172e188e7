import type { ExecutionArgs, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { checkDocument, type DocumentLimits, parseDocument } from './limits.ts';

/**
 * A plugin of Yoga that refuses documents above the limits: before validation what shows in the text, and before
 * execution what depends on variables.
 */
export function limitDocuments(limits: DocumentLimits): Plugin {
  const check = (
    { schema, document, variableValues, operationName }: ExecutionArgs,
    stop: (result: { errors: readonly GraphQLError[] }) => void,
  ): void => {
    const fault = checkDocument(schema, document, variableValues, operationName, limits);
    if (fault === null) return;
    // As a fault of validation: 400 for who asks for application/graphql-response+json, 200 for the others.
    fault.extensions.http = { spec: true, status: 400 };
    stop({ errors: [fault] });
  };

  return {
    onParse({ setParseFn }) {
      setParseFn((source) => parseDocument(source, limits));
    },
    onExecute: ({ args, setResultAndStopExecution }) => check(args, setResultAndStopExecution),
    onSubscribe: ({ args, setResultAndStopExecution }) => check(args, setResultAndStopExecution),
  };
}
