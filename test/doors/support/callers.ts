import type { Role } from '../../../src/access/principal.ts';
import { basic, type TestGateway } from '../../support/gateway.ts';
import { post } from './wire.ts';

export const ROLES: readonly Role[] = ['VIEWER', 'OPERATOR', 'ADMIN'];
export const SECRET = 'a secret of the tests';

export const authorized = (name: string, secret = SECRET): Record<string, string> => ({
  authorization: basic(name, secret),
});

/** Makes an application and a user for each role, named as `app-viewer` and `user-viewer`. */
export async function addCallers({ gateway }: TestGateway): Promise<void> {
  const { applications, users } = gateway.access.accounts;
  for (const role of ROLES) {
    await applications.create({ id: `app-${role.toLowerCase()}`, secret: SECRET, role });
    await users.create({ name: `user-${role.toLowerCase()}`, password: SECRET, role });
  }
}

/** A sign-in document. */
export const signInAs = (name: string, password = SECRET): string =>
  `mutation { signIn(input: { name: "${name}", password: "${password}" }) { me { name role } } }`;

/** Signs a user in and answers the headers that the browser sends from then on. */
export async function signIn({ dashboardUrl }: TestGateway, name: string): Promise<{ readonly cookie: string }> {
  const { headers, text } = await post(dashboardUrl, signInAs(name));
  const [cookie] = headers['set-cookie'] ?? [];
  if (!cookie) throw new Error(text);
  return { cookie: cookie.split(';')[0] ?? '' };
}
