import {
  type Application,
  type AuditEntry,
  BrokerError,
  type Principal,
  type RestProfile,
  type RestRelease,
  type SignIn,
  shown,
} from '../src/domain.ts';
import type { CallerKind, MutationResolvers, QueryResolvers } from './__generated__/resolvers.ts';
import type { Context } from './context.ts';
import { pageQuery } from './page.ts';

const releases: Readonly<Record<RestProfile, RestRelease>> = {
  '3.0-beta': 'V3_0_BETA',
  '3.0': 'V3_0',
  '3.1': 'V3_1',
  '3.2': 'V3_2',
};
const profiles = Object.fromEntries(
  Object.entries(releases).map(([profile, release]) => [release, profile]),
) as Readonly<Record<RestRelease, RestProfile>>;

const kindOf = (kind: Principal['kind']): CallerKind => (kind === 'user' ? 'USER' : 'APPLICATION');

/** An application in the words of the schema. */
const application = ({ status, expired, restProfile, ...row }: Application) => ({
  ...row,
  isEnabled: status,
  expiresAt: expired === null ? null : expired * 1000,
  restRelease: restProfile && releases[restProfile],
});

/** An entry of the audit log in the words of the schema. */
export const auditEntry = ({ kind, result, ...row }: AuditEntry) => ({
  ...row,
  kind: kind && kindOf(kind),
  refusal: result === 'OK' ? null : result,
});

const me = ({ name, kind, role }: Principal) => ({ name, kind: kindOf(kind), role });

const unknownUser = (name: string): BrokerError =>
  new BrokerError('NOT_FOUND', `user '${shown(name)}' is unknown`, { argument: 'name', value: shown(name) });

/** The caller, who has signed in wherever the schema asks for a role. */
export function principalOf({ caller: { principal } }: Context): Principal {
  if (!principal) throw new BrokerError('UNAUTHENTICATED', 'credentials are missing or wrong');
  return principal;
}

const isAdmin = (context: Context): boolean => principalOf(context).role === 'ADMIN';

const seconds = (milliseconds: number | null | undefined): number | null | undefined =>
  milliseconds == null ? milliseconds : Math.floor(milliseconds / 1000);

const profile = (release: RestRelease | null | undefined): RestProfile | null | undefined =>
  release == null ? release : profiles[release];

/** The fields that were given; undefined stands for one that was not. */
type Given<Fields> = { [K in keyof Fields]: Exclude<Fields[K], undefined> };
const given = <Fields extends object>(fields: Fields): Partial<Given<Fields>> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Given<Fields>>;

type Query = 'me' | 'applications' | 'application' | 'users' | 'user' | 'signIns' | 'auditEntries';

export const accessQueries: Pick<QueryResolvers, Query> = {
  me: (_, __, context) => me(principalOf(context)),
  applications: (_, __, { access }) => access.accounts.applications.list().map(application),
  application: (_, { id }, { access }) => {
    const found = access.accounts.applications.get(id);
    return found && application(found);
  },
  users: (_, __, { access }) => access.accounts.users.list(),
  user: (_, { name }, { access }) => access.accounts.users.get(name),
  signIns: (_, __, context): readonly SignIn[] =>
    context.access.signIns.list(isAdmin(context) ? undefined : principalOf(context).name),
  auditEntries: (_, { page: input, filter }, context) => {
    const { page, limit, after } = pageQuery(input, context);
    const found = context.access.audit.page({ filter: filter ?? {}, offset: (page - 1) * limit, limit, after });
    const { count, countIsExact, lastKey } = found;
    return { items: found.items.map(auditEntry), meta: { page, limit, count, countIsExact, endCursor: lastKey } };
  },
};

type Mutation =
  | 'createApplication'
  | 'updateApplication'
  | 'resetApplicationSecret'
  | 'deleteApplication'
  | 'createUser'
  | 'updateUser'
  | 'deleteUser'
  | 'changePassword'
  | 'resetPassword'
  | 'verifyPassword'
  | 'signIn'
  | 'signOut'
  | 'revokeSignIn';

/** Whether the password is right; counts as a login, so that guessing slows down. */
async function isPassword(context: Context, name: string, password: string): Promise<boolean> {
  return (await context.access.logIn('user', name, password, context.caller.address)) !== null;
}

async function requirePassword(context: Context, name: string, password: string): Promise<void> {
  if (await isPassword(context, name, password)) return;
  if (!context.access.accounts.users.get(name)) throw unknownUser(name);
  throw new BrokerError('WRONG_PASSWORD', 'the password is wrong', { argument: 'password' });
}

export const accessMutations: Pick<MutationResolvers, Mutation> = {
  createApplication: async (_, { input }, { access }) => {
    const { id, name, desc, secret, isEnabled, expiresAt, restRelease, role } = input;
    const created = await access.accounts.applications.create({
      id,
      secret: secret ?? null,
      desc: desc ?? null,
      ...given({ name: name ?? undefined, status: isEnabled ?? undefined, role: role ?? undefined }),
      expired: seconds(expiresAt) ?? null,
      restProfile: profile(restRelease) ?? null,
    });
    return { application: application(created.application), secret: created.secret };
  },
  updateApplication: async (_, { input }, { access }) => {
    const { id, isEnabled, expiresAt, restRelease, role, name, desc } = input;
    const changes = given({
      name: name ?? undefined,
      desc,
      status: isEnabled ?? undefined,
      expired: seconds(expiresAt),
      role: role ?? undefined,
      restProfile: profile(restRelease),
    });
    return { application: application(await access.accounts.applications.update(id, changes)) };
  },
  resetApplicationSecret: async (_, { input: { id, secret } }, { access }) => ({
    id,
    secret: await access.accounts.applications.resetSecret(id, secret ?? null),
  }),
  deleteApplication: async (_, { input: { id } }, { access }) => ({
    id,
    existed: await access.accounts.applications.delete(id),
  }),
  createUser: async (_, { input: { name, password, tags, role } }, { access }) => {
    const { user } = await access.accounts.users.create({ name, password, tags: tags ?? null, role: role ?? 'ADMIN' });
    return { user };
  },
  updateUser: async (_, { input: { name, tags, role } }, { access }) => ({
    user: await access.accounts.users.update(name, given({ tags, role: role ?? undefined })),
  }),
  deleteUser: async (_, { input: { name } }, { access }) => ({
    name,
    existed: await access.accounts.users.delete(name),
  }),
  changePassword: async (_, { input: { name, oldPassword, newPassword } }, context) => {
    if (principalOf(context).name !== name && !isAdmin(context)) {
      throw new BrokerError('FORBIDDEN', `only an admin may change the password of '${shown(name)}'`);
    }
    await requirePassword(context, name, oldPassword);
    await context.access.accounts.users.changePassword(name, oldPassword, newPassword);
    return { name };
  },
  resetPassword: async (_, { input: { name, password } }, { access }) => {
    await access.accounts.users.resetPassword(name, password);
    return { name };
  },
  verifyPassword: async (_, { input: { name, password } }, context) => {
    await requirePassword(context, name, password);
    return { name };
  },
  signIn: async (_, { input: { name, password } }, { access, caller }) => {
    if (!caller.setSignInToken) throw new BrokerError('BAD_USER_INPUT', 'signIn works over HTTP only');
    const { address, userAgent } = caller;
    const started = await access.signIns.start(name, password, { address, userAgent });
    if (!started) throw new BrokerError('UNAUTHENTICATED', 'the name or the password is wrong');
    caller.setSignInToken(started.token);
    const { signIn } = started;
    return { me: { name: signIn.user, kind: 'USER', role: signIn.role }, expiresAt: signIn.expiresAt };
  },
  signOut: async (_, __, context) => {
    const { signInId } = principalOf(context);
    const signedOut = signInId !== null && (await context.access.signIns.revoke(signInId));
    context.caller.setSignInToken?.(null);
    return { signedOut };
  },
  revokeSignIn: async (_, { input: { id } }, context) => {
    const { signIns } = context.access;
    const visible = signIns.list(isAdmin(context) ? undefined : principalOf(context).name);
    if (!visible.some((signIn) => signIn.id === id)) {
      throw new BrokerError('NOT_FOUND', `sign-in '${shown(id)}' is unknown`, { argument: 'id', value: shown(id) });
    }
    await signIns.revoke(id);
    return { id };
  },
};
