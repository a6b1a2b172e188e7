import { badInput, type DelayedMessageFilter, type DelayedTarget, whenReady } from '../src/domain.ts';
import type {
  DelayedMessageResolvers,
  DeleteDelayedMessagesInput,
  MutationResolvers,
  QueryResolvers,
} from './__generated__/resolvers.ts';
import type { Context } from './context.ts';
import { atMost, listQuery } from './page.ts';
import { chargePayload } from './payload.ts';

export const delayedQueries: Pick<QueryResolvers, 'delayedMessages'> = {
  delayedMessages: (_, args, context) => context.domain.delayedMessages(listQuery<DelayedMessageFilter>(args, context)),
};

function targetOf({ id, ids, topicFilter }: DeleteDelayedMessagesInput, context: Context): DelayedTarget {
  if (topicFilter != null) return { topicFilter };
  if (ids != null) return { ids: atMost('ids', ids, context) };
  if (id != null) return { ids: [id] };
  throw badInput('input', {}, 'an id, ids or a topicFilter');
}

export const delayedMutations: Pick<MutationResolvers, 'deleteDelayedMessages'> = {
  deleteDelayedMessages: (_, { input }, context) =>
    whenReady(context.domain.deleteDelayed(targetOf(input, context)), (deletedCount) => ({ deletedCount })),
};

export const DelayedMessage: Required<Pick<DelayedMessageResolvers, 'payload'>> = {
  payload: ({ payload }, _, __, info) => {
    chargePayload(payload.length, info);
    return payload;
  },
};
