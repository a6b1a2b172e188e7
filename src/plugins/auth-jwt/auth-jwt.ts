import type { ClientInfo, Hooks, Verdict } from '../../broker/hooks.ts';
import type { LiveConnection } from '../../broker/live-connection.ts';
import type { MqttBroker } from '../../broker/mqtt-broker.ts';
import { isSystemTopic } from '../../broker/topics.ts';
import type { Log } from '../../log.ts';
import { createOutbound } from '../../net/outbound.ts';
import { version } from '../../package.ts';
import { type PluginContext, type PluginInstance, plugin } from '../plugin.ts';
import { UnderWay } from '../under-way.ts';
import { ExpiryWatch } from './expiry-watch.ts';
import { FetchedKeys, KeysUnavailable, RemoteKeys } from './remote-keys.ts';
import { type JwtSettings, jwtSettings } from './settings.ts';
import { type KeySource, publicKeySource, REMOTE_ALGORITHMS, secretSource } from './token-keys.ts';
import { algorithmOf, TokenRefused, type TokenRules, verifyToken } from './tokens.ts';
import { MalformedRights, readRights, type TopicRights } from './topic-rights.ts';

/** What a token gives to the client that came with it. */
interface Grant {
  /** Null where the token says nothing of topics. */
  readonly rights: TopicRights | null;
  /** The epoch second in which it ends; null is never. */
  readonly expiresAt: number | null;
}

/** By their clients, over all instances: who is connected keeps what the token gave when the plugin is loaded anew. */
const grants = new WeakMap<ClientInfo, Grant>();

/** The keys that are in use, for the next instance: its server may be away just then. */
const keysInUse = new WeakMap<MqttBroker, FetchedKeys>();

const ALARM = 'auth_jwt_down';

/** Bounds of a fetch of keys; an answer holds thousands of them. */
const FETCH = { connections: 1, maxPending: 4, connectTimeout: 3000, timeout: 4000, maxAnswer: 1_048_576 };

/** Lets clients in by tokens that somebody else signed, which may say what topics they use and for how long. */
export const authJwt = plugin({
  name: 'emqx_auth_jwt',
  version,
  description: 'Authentication by JSON Web Tokens',
  type: 'auth',
  settings: jwtSettings,
  order: 120,
  isActiveAtFirst: false,
  isPermanent: false,
  load,
});

async function load(context: PluginContext<JwtSettings>): Promise<PluginInstance> {
  const { settings, broker, log } = context;
  const remote = remoteKeys(context);
  const rules = await rulesOf(settings, remote?.keys ?? null);
  const watch = new ExpiryWatch<LiveConnection>((connection) => void connection.end('token_expired'));
  const follow = (connection: LiveConnection): void => {
    const expiresAt = grants.get(connection)?.expiresAt ?? null;
    if (expiresAt !== null) watch.add(connection, expiresAt);
  };
  const ends: (() => void)[] = [];
  const underWay = new UnderWay();

  // Whoever comes at once finds keys; whether they came shows when this is in use.
  await remote?.keys.fetch().catch(() => {});
  return {
    hooks: hooksOf(settings, rules, underWay, log),
    start() {
      remote?.start();
      if (settings.disconnectAfterExpire === 'off') return;
      for (const { connection } of broker.registry.sessionsById.values()) if (connection) follow(connection);
      ends.push(broker.events.connected.listen(follow));
      ends.push(broker.events.disconnected.listen((connection) => watch.delete(connection)));
    },
    unload() {
      for (const end of ends) end();
      watch.stop();
      return remote?.end(underWay);
    },
  };
}

async function rulesOf(settings: JwtSettings, remote: RemoteKeys | null): Promise<TokenRules> {
  const { secret, pubkey, claims, otherClaims, verifyClaims, clockTolerance } = settings;
  if (pubkey !== '' && remote) throw new Error('auth.jwt.pubkey and auth.jwt.jwks are both set; one has to be empty');
  const sources: KeySource[] = [];
  if (secret) sources.push(secretSource(secret));
  if (pubkey !== '') sources.push(await publicKeySource(pubkey));
  if (remote) sources.push({ algorithms: REMOTE_ALGORITHMS, keyFor: remote.keyFor });
  if (sources.length === 0) {
    throw new Error('it has no key: auth.jwt.secret, auth.jwt.pubkey or auth.jwt.jwks has to be set');
  }
  const named = Object.entries(claims).filter(([, pattern]) => pattern !== '');
  const others = otherClaims.map((entry) => {
    const split = entry.indexOf('=');
    return [entry.slice(0, split), entry.slice(split + 1)] as const;
  });
  return { sources, clockTolerance, claims: new Map(verifyClaims === 'on' ? [...named, ...others] : []) };
}

/** The keys of `auth.jwt.jwks`, with an alarm while they cannot be fetched; null where there is no such address. */
function remoteKeys({ settings, broker, alarms, log }: PluginContext<JwtSettings>) {
  const { jwks, refreshInterval, allowLinkLocal } = settings;
  if (jwks === '') return null;
  const known = keysInUse.get(broker);
  const fetched = known?.url === jwks ? known : new FetchedKeys(jwks);
  const outbound = createOutbound({ ...FETCH, allowLinkLocal: allowLinkLocal === 'on' });
  let failure: Error | null = null;
  let isDown = false;
  let isInUse = false;

  const tell = (): void => {
    if (!isInUse) return;
    if (failure === null) {
      alarms.clear(ALARM);
    } else {
      const summary = `the keys of tokens could not be fetched: ${failure.message}`;
      alarms.raise({ id: ALARM, severity: 'error', title: 'No keys of tokens', summary });
      if (!isDown) log.warn(summary);
    }
    isDown = failure !== null;
  };

  const keys = new RemoteKeys({
    fetched,
    outbound,
    refreshInterval,
    onFetched(reason) {
      failure = reason;
      tell();
    },
  });
  return {
    keys,
    start() {
      isInUse = true;
      keysInUse.set(broker, fetched);
      tell();
      keys.start();
    },
    /** Whoever is being judged gets a verdict: none waits long for keys. */
    async end(underWay: UnderWay): Promise<void> {
      if (isInUse) keysInUse.delete(broker);
      isInUse = false;
      keys.end();
      const judged = underWay.whenDone();
      // The next instance starts within this turn, and says itself whether there are keys.
      await null;
      if (!keysInUse.has(broker)) alarms.clear(ALARM);
      await judged;
      await outbound.close();
    },
  };
}

function hooksOf(
  { from, aclClaim, failure, clockTolerance }: JwtSettings,
  rules: TokenRules,
  underWay: UnderWay,
  log: Log,
): Hooks {
  const refuse = (client: ClientInfo, reason: string): Verdict => {
    log.debug({ clientId: client.clientId, reason }, 'a token was refused');
    return 'deny';
  };

  const admit = async (client: ClientInfo, token: string, algorithm: string): Promise<Verdict> => {
    try {
      const payload = await verifyToken(token, algorithm, rules, client);
      const claim = aclClaim !== '' && Object.hasOwn(payload, aclClaim) ? payload[aclClaim] : undefined;
      grants.set(client, {
        rights: claim === undefined ? null : readRights(claim, client),
        expiresAt: payload.exp === undefined ? null : Math.ceil(payload.exp + clockTolerance),
      });
      return 'allow';
    } catch (fault) {
      if (fault instanceof TokenRefused) return refuse(client, fault.message);
      if (fault instanceof MalformedRights)
        return refuse(client, `its claim '${aclClaim}' is refused: ${fault.message}`);
      if (fault instanceof KeysUnavailable) return failure;
      // A fault here lets nobody in, whatever other plugins may do with theirs.
      log.error({ err: fault }, 'a token could not be judged');
      return 'deny';
    }
  };

  return {
    authenticate(client, password) {
      const token = from === 'username' ? client.username : (password?.toString('latin1') ?? null);
      const algorithm = token === null ? null : algorithmOf(token);
      return token === null || algorithm === null ? 'ignore' : underWay.follow(admit(client, token, algorithm));
    },
    authorizePublish(client, topic) {
      const rights = grants.get(client)?.rights;
      // No token speaks for the broker.
      if (!rights || isSystemTopic(topic)) return 'ignore';
      return rights.mayPublish(topic) ? 'allow' : 'deny';
    },
    authorizeSubscribe(client, topicFilter) {
      const rights = grants.get(client)?.rights;
      if (!rights) return 'ignore';
      return rights.maySubscribe(topicFilter) ? 'allow' : 'deny';
    },
  };
}
