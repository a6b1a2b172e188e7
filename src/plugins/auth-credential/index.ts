import type { ClientInfo, Hooks } from '../../broker/hooks.ts';
import type { CredentialKind } from '../../domain.ts';
import type { Log } from '../../log.ts';
import { version } from '../../package.ts';
import { BrokerError } from '../../refusals.ts';
import { type Plugin, plugin } from '../plugin.ts';
import { type Credentials, credentialsOf } from './credentials.ts';

/** The plugin that asks for the credentials of a kind. */
export const pluginNames = { USERNAME: 'emqx_auth_username', CLIENT_ID: 'emqx_auth_clientid' } as const;

const nameOf: Readonly<Record<CredentialKind, (client: ClientInfo) => string | null>> = {
  USERNAME: ({ username }) => username,
  CLIENT_ID: ({ clientId }) => clientId,
};

/** Milliseconds between two lines of the log about clients that nobody had time for. */
const WARNED_EVERY = 10_000;

/** Clients whose name nobody knows: they wait as long as for a wrong password, should they be refused. */
const unknown = new WeakSet<ClientInfo>();

/**
 * A plugin that lets clients in by their passwords. As in EMQ X 3 it has no say about a name that is not in its table; the
 * password of one that is decides.
 */
const authBy = (kind: CredentialKind, order: number, description: string): Plugin =>
  plugin({
    name: pluginNames[kind],
    version,
    description,
    type: 'auth',
    settings: {},
    order,
    isActiveAtFirst: false,
    isPermanent: false,
    async load({ log, store }) {
      const credentials = credentialsOf(store);
      await credentials.tables[kind].load();
      return { hooks: hooksOf(kind, credentials, log) };
    },
  });

export const authUsername = authBy('USERNAME', 100, 'Authentication by user name and password');
export const authClientId = authBy('CLIENT_ID', 110, 'Authentication by client id and password');

function hooksOf(kind: CredentialKind, credentials: Credentials, log: Log): Hooks {
  const { checks, tables } = credentials;
  const table = tables[kind];
  let warnedAt = Number.NEGATIVE_INFINITY;

  const warn = (refused: unknown): void => {
    if (!(refused instanceof BrokerError) || refused.code !== 'LIMIT_EXCEEDED') throw refused;
    if (performance.now() - warnedAt < WARNED_EVERY) return;
    warnedAt = performance.now();
    log.warn('clients are refused without a look at their passwords: too many log in at once');
  };

  const isRight = async (client: ClientInfo, password: Buffer, hash: string): Promise<boolean> => {
    try {
      return await checks.matches(client, password, hash);
    } catch (refused) {
      warn(refused);
      return false;
    }
  };

  return {
    async authenticate(client, password) {
      const name = nameOf[kind](client);
      if (name === null) return 'ignore';
      if (!table.has(name)) {
        unknown.add(client);
        return 'ignore';
      }
      unknown.delete(client);
      const hash = await table.hashOf(name);
      if (hash === null) return 'ignore';
      if (password === null || !(await isRight(client, password, hash))) return 'deny';
      // It may have changed while it was compared.
      return (await table.hashOf(name)) === hash ? 'allow' : 'deny';
    },
    async refuse(client, password) {
      if (!unknown.delete(client) || password === null) return;
      await checks.matches(client, password, null).catch(warn);
    },
  };
}
