import { type ClientInfo, type Hooks, NoVerdict, type Verdict, type Vouched } from '../../broker/hooks.ts';
import { parseSharedFilter } from '../../broker/shared-filter.ts';
import { isSystemTopic } from '../../broker/topics.ts';
import type { Log } from '../../log.ts';
import type { OutboundAnswer } from '../../net/outbound.ts';
import { UnderWay } from '../under-way.ts';
import type { AnswerCache } from './answer-cache.ts';
import type { AuthServers } from './auth-servers.ts';
import type { Told } from './params.ts';
import type { RequestTemplate } from './request-template.ts';

export interface HttpHooksParts {
  readonly servers: AuthServers;
  readonly cache: AnswerCache;
  readonly log: Log;
  readonly auth: RequestTemplate;
  /** Null where nobody is asked. */
  readonly superuser: RequestTemplate | null;
  readonly acl: RequestTemplate | null;
}

const told = (client: ClientInfo, rest: Partial<Told>): Told => ({
  username: client.username,
  clientId: client.clientId,
  ipAddress: client.ipAddress,
  commonName: client.certificate?.commonName ?? null,
  subject: client.certificate?.subject ?? null,
  localPort: client.localPort ?? null,
  ...{ password: null, access: '', topic: '' },
  ...rest,
});

/** As EMQ X 3: 200 allows, unless its body says `ignore`; whatever else a server says denies. */
function verdictOf({ status, body }: OutboundAnswer): Verdict {
  if (status !== 200) return 'deny';
  return body.toString('latin1').trim() === 'ignore' ? 'ignore' : 'allow';
}

export interface HttpHooks {
  readonly hooks: Hooks;
  /** Resolves when what was asked so far has its verdict. */
  whenAnswered(): Promise<unknown>;
}

/** Hooks that ask HTTP servers. What fails is no verdict; it is told by the servers' alarm, and each time for debugging. */
export function createHttpHooks({ servers, cache, log, auth, superuser, acl }: HttpHooksParts): HttpHooks {
  const underWay = new UnderWay();
  const failed = (fault: unknown): NoVerdict => {
    const { message } = fault as Error;
    log.debug({ reason: message }, 'an authentication server gave no verdict');
    return new NoVerdict(message);
  };

  async function authenticate(client: ClientInfo, password: Buffer | null): Promise<Vouched> {
    const values = told(client, { password });
    const asked = auth.fill(values);
    const askedBesides = superuser?.fill(values) ?? null;
    if (!asked) return 'deny';
    const key = cache.keyOf(asked.url.href, asked.body, askedBesides?.url.href, askedBesides?.body);
    const known = cache.get(key);
    if (known) return known;
    let verdict: Vouched;
    try {
      verdict = verdictOf(await servers.ask(asked));
    } catch (fault) {
      throw failed(fault);
    }
    if (verdict === 'allow' && askedBesides) {
      try {
        if ((await servers.ask(askedBesides)).status === 200) verdict = 'superuser';
      } catch (fault) {
        // EMQ X 3: whoever is vouched for comes in; as what is asked anew the next time.
        failed(fault);
        return verdict;
      }
    }
    cache.put(key, verdict);
    return verdict;
  }

  async function authorize(template: RequestTemplate, client: ClientInfo, rest: Partial<Told>): Promise<Verdict> {
    const asked = template.fill(told(client, rest));
    if (!asked) return 'deny';
    try {
      return verdictOf(await servers.ask(asked));
    } catch (fault) {
      throw failed(fault);
    }
  }

  const hooks: Hooks = {
    authenticate(client, password) {
      // EMQ X 3: bad_username_or_password.
      const isAnonymous = (!client.username && auth.params.has('%u')) || (password === null && auth.params.has('%P'));
      return isAnonymous ? 'deny' : underWay.follow(authenticate(client, password));
    },
    ...(acl && {
      // A server that allows all does not mean that clients speak for the broker.
      authorizePublish: (client, topic) =>
        isSystemTopic(topic) ? 'ignore' : underWay.follow(authorize(acl, client, { access: '2', topic })),
      authorizeSubscribe: (client, topicFilter) => {
        const topic = parseSharedFilter(topicFilter)?.topicFilter ?? topicFilter;
        return underWay.follow(authorize(acl, client, { access: '1', topic }));
      },
    }),
  };
  return { hooks, whenAnswered: () => underWay.whenDone() };
}
