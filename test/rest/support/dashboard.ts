import { ADMIN_AUTHORIZATION, basic, type TestGateway } from '../../support/gateway.ts';

/** Calls the port of the dashboard, as `admin` unless another Authorization is given. */
export async function onDashboard(
  gateway: TestGateway,
  method: string,
  path: string,
  body?: unknown,
  authorization = ADMIN_AUTHORIZATION,
): Promise<{ readonly status: number; readonly json: unknown }> {
  const { status, json } = await gateway.rest(path, { method, body, dashboard: true, headers: { authorization } });
  return { status, json };
}

/** What the port of the dashboard answers to somebody without credentials. */
export async function asStranger(
  { dashboardUrl }: TestGateway,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly text: string }> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await fetch(`${dashboardUrl}/api/v3${path}`, init);
  return { status: response.status, text: await response.text() };
}

/** Makes a user of the dashboard who may only read, and answers its Authorization. */
export async function addViewer({ dashboardUrl }: TestGateway, name: string): Promise<string> {
  const query = `mutation ($name: ID!, $password: String!) {
    createUser(input: { name: $name, password: $password, role: VIEWER }) { user { role } }
  }`;
  const password = 'only to look';
  const response = await fetch(`${dashboardUrl}/graphql`, {
    method: 'POST',
    headers: { authorization: ADMIN_AUTHORIZATION, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { name, password } }),
  });
  const { errors } = (await response.json()) as { errors?: readonly { readonly message: string }[] };
  if (errors) throw new Error(errors[0]?.message);
  return basic(name, password);
}
