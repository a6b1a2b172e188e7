import type { TestGateway } from '../support/gateway.ts';

/** The data of an answer without errors; throws the errors otherwise. */
export async function ask<Data = unknown>(
  gateway: TestGateway,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Data> {
  const { data, errors } = await gateway.graphql<Data>(query, variables);
  if (errors || !data) throw new Error(`${query} is answered with ${JSON.stringify(errors)}`);
  return data;
}

/** The code and message of the only error of an answer, and its data. */
export async function refusal(
  gateway: TestGateway,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<{ code: unknown; message: string; data: unknown }> {
  const { data, errors } = await gateway.graphql<unknown>(query, variables);
  const [error, ...others] = errors ?? [];
  if (!error || others.length > 0) throw new Error(`${query} is answered with ${JSON.stringify({ data, errors })}`);
  return { code: error.extensions.code, message: error.message, data: data ?? null };
}
