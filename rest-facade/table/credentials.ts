import {
  AddClientIdDocument,
  AddUsernameDocument,
  DeleteClientIdDocument,
  DeleteUsernameDocument,
  ListClientIdsDocument,
  ListUsernamesDocument,
  LookupClientIdDocument,
  LookupUsernameDocument,
  UpdateClientIdDocument,
  UpdateUsernameDocument,
} from '../__generated__/operations.ts';
import { type Answer, done, endpoint, list, type Spelling, value } from '../endpoint.ts';
import { mustBe, RequestError, type RestRequest } from '../request.ts';

/** As many rows as there may be: these lists are not paged. */
const ALL = { limit: 2 ** 31 - 1 };

const said = (reason: string): Spelling => ({ form: 'uncoded', reason });

/** While its plugin is not active a row is not there, whatever it is asked. */
const inactive = { NOT_STARTED: { form: 'absent' } } as const;

/** A text, or an empty one, which the domain refuses: whether its plugin is active goes before what is asked of it. */
const textOrNothing = ({ parameter }: RestRequest, name: string): string => {
  const value = parameter(name);
  return typeof value === 'string' ? value : '';
};

/** The first parameter that is missing or empty is the reason; others are refused with the sentence of the domain. */
const malformed =
  (...names: readonly string[]) =>
  ({ parameter }: RestRequest): Spelling => {
    for (const name of names) {
      const given = parameter(name);
      if (given === undefined || given === '') return said(name);
      if (typeof given === 'string') continue;
      throw name === 'password' ? new RequestError('password must be a string') : mustBe(name, 'a string', given);
    }
    return { form: 'input' };
  };

/** No hash leaves the house. */
const lookedUp = (credential: object | null | undefined): Answer =>
  credential ? value({ ...credential, password: 'undefined' }) : { kind: 'refused', code: 'NOT_FOUND', message: '' };

export const credentialRows = [
  endpoint({
    name: 'list_username',
    method: 'GET',
    path: '/auth_username',
    descr: 'List available username in the cluster',
    since: 'V3_1',
    operation: ListUsernamesDocument,
    variables: () => ALL,
    answer: ({ credentials: { items } }) => list(items.map(({ username }) => username)),
    refusals: inactive,
  }),
  endpoint({
    name: 'lookup_username',
    method: 'GET',
    path: '/auth_username/:username',
    descr: 'Lookup username in the cluster',
    since: 'V3_1',
    isRaw: true,
    operation: LookupUsernameDocument,
    variables: ({ path }) => ({ name: path.username! }),
    answer: ({ credential }) => lookedUp(credential),
    refusals: { ...inactive, NOT_FOUND: said('noexisted') },
  }),
  endpoint({
    name: 'add_username',
    method: 'POST',
    path: '/auth_username',
    descr: 'Add username in the cluster',
    since: 'V3_1',
    operation: AddUsernameDocument,
    variables: (request) => ({
      name: textOrNothing(request, 'username'),
      password: textOrNothing(request, 'password'),
    }),
    answer: () => done,
    refusals: { ...inactive, ALREADY_EXISTS: said('existed'), BAD_USER_INPUT: malformed('username', 'password') },
  }),
  endpoint({
    name: 'update_username',
    method: 'PUT',
    path: '/auth_username/:username',
    descr: 'Update username in the cluster',
    since: 'V3_1',
    isRaw: true,
    operation: UpdateUsernameDocument,
    variables: (request) => ({ name: request.path.username!, password: textOrNothing(request, 'password') }),
    answer: () => done,
    refusals: { ...inactive, NOT_FOUND: said('noexisted'), BAD_USER_INPUT: malformed('password') },
  }),
  endpoint({
    name: 'delete_username',
    method: 'DELETE',
    path: '/auth_username/:username',
    descr: 'Delete username in the cluster',
    since: 'V3_1',
    isRaw: true,
    operation: DeleteUsernameDocument,
    variables: ({ path }) => ({ name: path.username! }),
    answer: () => done,
    refusals: inactive,
  }),
  endpoint({
    name: 'list_clientid',
    method: 'GET',
    path: '/auth_clientid',
    descr: 'List available clientid in the cluster',
    since: 'V3_1',
    operation: ListClientIdsDocument,
    variables: () => ALL,
    answer: ({ credentials: { items } }) => list(items.map(({ clientid }) => clientid)),
    refusals: inactive,
  }),
  endpoint({
    name: 'lookup_clientid',
    method: 'GET',
    path: '/auth_clientid/:clientid',
    descr: 'Lookup clientid in the cluster',
    since: 'V3_1',
    isRaw: true,
    operation: LookupClientIdDocument,
    variables: ({ path }) => ({ name: path.clientid! }),
    answer: ({ credential }) => lookedUp(credential),
    refusals: { ...inactive, NOT_FOUND: said('noexitsted') },
  }),
  endpoint({
    name: 'add_clientid',
    method: 'POST',
    path: '/auth_clientid',
    descr: 'Add clientid in the cluster',
    since: 'V3_1',
    operation: AddClientIdDocument,
    variables: (request) => ({
      name: textOrNothing(request, 'clientid'),
      password: textOrNothing(request, 'password'),
    }),
    answer: () => done,
    refusals: { ...inactive, ALREADY_EXISTS: said('exitsted'), BAD_USER_INPUT: malformed('clientid', 'password') },
  }),
  endpoint({
    name: 'update_clientid',
    method: 'PUT',
    path: '/auth_clientid/:clientid',
    descr: 'Update clientid in the cluster',
    since: 'V3_1',
    isRaw: true,
    operation: UpdateClientIdDocument,
    variables: (request) => ({ name: request.path.clientid!, password: textOrNothing(request, 'password') }),
    answer: () => done,
    refusals: { ...inactive, NOT_FOUND: said('noexitsted'), BAD_USER_INPUT: malformed('password') },
  }),
  endpoint({
    name: 'delete_clientid',
    method: 'DELETE',
    path: '/auth_clientid/:clientid',
    descr: 'Delete clientid in the cluster',
    since: 'V3_1',
    isRaw: true,
    operation: DeleteClientIdDocument,
    variables: ({ path }) => ({ name: path.clientid! }),
    answer: () => done,
    refusals: inactive,
  }),
];
