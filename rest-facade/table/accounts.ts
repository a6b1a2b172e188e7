import {
  AddAppDocument,
  AuthUserDocument,
  ChangePasswordDocument,
  CreateUserDocument,
  DeleteAppDocument,
  DeleteUserDocument,
  ListAppsDocument,
  ListUsersDocument,
  LookupAppDocument,
  UpdateAppDocument,
  UpdateUserDocument,
} from '../__generated__/operations.ts';
import { done, endpoint, type Spelling, value } from '../endpoint.ts';
import { integerOf, RequestError, type Source, secretOf, textOf, truthOf } from '../request.ts';

/** The last second that ISO 8601 writes with a year of four digits. */
const LAST_SECOND = 253_402_300_799;

/** UNIX seconds as GraphQL takes them. `"undefined"` is absent: what was read can be written back. */
function expiryOf(source: Source): string | null {
  if (source('expired') === 'undefined') return null;
  const seconds = integerOf(source, 'expired', null, 0, LAST_SECOND);
  return seconds === null ? null : new Date(seconds * 1000).toISOString();
}

export const applicationRows = [
  endpoint({
    name: 'add_app',
    method: 'POST',
    path: '/apps/',
    descr: 'Add Application',
    door: 'dashboard',
    operation: AddAppDocument,
    variables: ({ parameter }) => ({
      id: textOf(parameter, 'app_id', ''),
      name: textOf(parameter, 'name', null),
      desc: textOf(parameter, 'desc', null),
      secret: secretOf(parameter, 'secret'),
      status: truthOf(parameter, 'status'),
      expired: expiryOf(parameter),
    }),
    answer: ({ createApplication: { secret } }) => value({ secret }),
    refusals: { ALREADY_EXISTS: { form: 'business', number: 102, reason: 'alread_existed' } },
  }),
  endpoint({
    name: 'del_app',
    method: 'DELETE',
    path: '/apps/:appid',
    descr: 'Delete Application',
    door: 'dashboard',
    isRaw: true,
    operation: DeleteAppDocument,
    variables: ({ path }) => ({ id: path.appid! }),
    answer: () => done,
  }),
  endpoint({
    name: 'list_apps',
    method: 'GET',
    path: '/apps/',
    descr: 'List Applications',
    door: 'dashboard',
    operation: ListAppsDocument,
    variables: () => ({}),
    answer: ({ applications }) => value(applications),
  }),
  endpoint({
    name: 'lookup_app',
    method: 'GET',
    path: '/apps/:appid',
    descr: 'Lookup Application',
    door: 'dashboard',
    isRaw: true,
    operation: LookupAppDocument,
    variables: ({ path }) => ({ id: path.appid! }),
    // The secret was shown when it was made, and is known to nobody since.
    answer: ({ application }) => value(application ? { ...application, secret: 'undefined' } : []),
  }),
  endpoint({
    name: 'update_app',
    method: 'PUT',
    path: '/apps/:appid',
    descr: 'Update Application',
    door: 'dashboard',
    isRaw: true,
    operation: UpdateAppDocument,
    variables: ({ parameter, path }) => ({
      id: path.appid!,
      name: textOf(parameter, 'name', path.appid!),
      desc: textOf(parameter, 'desc', null),
      status: truthOf(parameter, 'status'),
      expired: expiryOf(parameter),
    }),
    answer: () => done,
    refusals: { NOT_FOUND: { form: 'business', number: 102, reason: 'ont_found' } },
  }),
];

const spelled = (until30: string, since31 = until30): Spelling => ({ form: 'dashboard', until30, since31 });

const unknownUser = spelled('Username Not Found');
const wrongPassword = spelled('Password Error');
const tooManyLogins: Spelling = { form: 'sentence', status: 429, number: 108 };

const missing = (sentence: string): RequestError => new RequestError(sentence, spelled(sentence));

export const userRows = [
  endpoint({
    name: 'auth_user',
    method: 'POST',
    path: '/auth',
    descr: 'Authenticate an user',
    door: 'dashboard',
    isOpen: true,
    operation: AuthUserDocument,
    variables: ({ parameter }) => {
      if (parameter('username') === undefined) throw missing('Username undefined');
      if (parameter('password') === undefined) throw missing('Password undefined');
      return { name: textOf(parameter, 'username', ''), password: secretOf(parameter, 'password') };
    },
    answer: () => done,
    refusals: { NOT_FOUND: unknownUser, WRONG_PASSWORD: wrongPassword, LIMIT_EXCEEDED: tooManyLogins },
  }),
  endpoint({
    name: 'create_user',
    method: 'POST',
    path: '/users/',
    descr: 'Create an user',
    door: 'dashboard',
    operation: CreateUserDocument,
    variables: ({ parameter }) => {
      const name = textOf(parameter, 'username', '');
      const password = secretOf(parameter, 'password');
      if (name === '' || password === '') throw missing('Username or password undefined');
      return { name, password, tags: textOf(parameter, 'tags', null) };
    },
    answer: () => done,
    refusals: { ALREADY_EXISTS: spelled('username already exist', 'Username Already Exist') },
  }),
  endpoint({
    name: 'list_users',
    method: 'GET',
    path: '/users/',
    descr: 'List users',
    door: 'dashboard',
    operation: ListUsersDocument,
    variables: () => ({}),
    answer: ({ users }) => value(users),
  }),
  endpoint({
    name: 'update_user',
    method: 'PUT',
    path: '/users/:name',
    descr: 'Update an user',
    door: 'dashboard',
    isRaw: true,
    operation: UpdateUserDocument,
    variables: ({ parameter, path }) => ({ name: path.name!, tags: textOf(parameter, 'tags', null) }),
    answer: () => done,
    refusals: { NOT_FOUND: spelled('username_not_found', 'Username Not Found') },
  }),
  endpoint({
    name: 'delete_user',
    method: 'DELETE',
    path: '/users/:name',
    descr: 'Delete an user',
    door: 'dashboard',
    isRaw: true,
    operation: DeleteUserDocument,
    variables: ({ path }) => ({ name: path.name! }),
    answer: ({ deleteUser: { existed } }) =>
      existed ? done : { kind: 'refused', code: 'NOT_FOUND', message: 'there is no such user' },
    refusals: { NOT_FOUND: unknownUser, PROTECTED: spelled('Cannot delete admin') },
  }),
  endpoint({
    name: 'change_pwd',
    method: 'PUT',
    path: '/change_pwd/:username',
    descr: 'Change password for an user',
    door: 'dashboard',
    isRaw: true,
    operation: ChangePasswordDocument,
    variables: ({ parameter, path }) => ({
      name: path.username!,
      oldPassword: secretOf(parameter, 'old_pwd'),
      newPassword: secretOf(parameter, 'new_pwd'),
    }),
    answer: () => done,
    refusals: { NOT_FOUND: unknownUser, WRONG_PASSWORD: wrongPassword, LIMIT_EXCEEDED: tooManyLogins },
  }),
];
