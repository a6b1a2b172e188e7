import { type BanDetails, type BanFilter, BrokerError, badInput, type NewBan, whenReady } from '../src/domain.ts';
import type { BanTargetInput, CreateBanInput, MutationResolvers, QueryResolvers } from './__generated__/resolvers.ts';
import { fault } from './fault.ts';
import { atMost, listQuery, pageQuery } from './page.ts';

type Details = Pick<CreateBanInput, keyof BanDetails>;

const details = ({ reason, by, desc, until }: Details): BanDetails => ({
  reason: reason ?? null,
  by: by ?? null,
  desc: desc ?? null,
  until: until ?? null,
});

const ban = ({ as, who, ...rest }: CreateBanInput): NewBan => ({ as, who, ...details(rest) });

function target({ ban: key, filter }: BanTargetInput) {
  if (key != null) return { ban: key };
  if (filter != null) return { filter };
  throw badInput('target', {}, 'a ban or a filter');
}

export const banQueries: Pick<QueryResolvers, 'bans' | 'ban' | 'banPreview'> = {
  bans: (_, args, context) => context.domain.bans(listQuery<BanFilter>(args, context)),
  ban: (_, key, { domain }) => domain.ban(key),
  banPreview: (_, { target: input, page }, context) =>
    context.domain.banPreview(target(input), pageQuery(page, context), context.caller.address),
};

type Mutation = 'createBan' | 'createBans' | 'banConnections' | 'deleteBan' | 'deleteBans';

export const banMutations: Pick<MutationResolvers, Mutation> = {
  createBan: (_, { input }, { domain, caller }) =>
    whenReady(domain.createBan(ban(input), caller.address), ({ bans: [made], disconnectedCount }) => ({
      ban: made!,
      disconnectedCount,
    })),
  createBans: (_, { input }, context) => {
    const bans = atMost('bans', input.bans, context).map(ban);
    return whenReady(context.domain.createBans(bans, context.caller.address), ({ results, disconnectedCount }) => ({
      results: results.map((result, i) => {
        const { as, who } = bans[i]!;
        return result instanceof BrokerError
          ? { as, who, ban: null, fault: fault(result) }
          : { as, who, ban: result, fault: null };
      }),
      disconnectedCount,
    }));
  },
  banConnections: (_, { input: { filter, as, ...rest } }, { domain, caller }) =>
    whenReady(domain.banConnections(filter, as ?? 'CLIENT_ID', details(rest), caller.address), (report) => ({
      ...report,
      faults: report.faults.map((one) => ({ clientId: one.clientId, fault: fault(one.fault) })),
    })),
  deleteBan: (_, { input }, { domain }) => whenReady(domain.deleteBan(input), (deleted) => ({ ban: deleted })),
  deleteBans: (_, { input: { filter } }, { domain }) => domain.deleteBans(filter),
};
