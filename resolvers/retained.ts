import { badInput, type RetainedMessageFilter, type RetainedTarget, whenReady } from '../src/domain.ts';
import type {
  ClearRetainedMessagesInput,
  MessagePayloadResolvers,
  MutationResolvers,
  QueryResolvers,
  RetainedMessageResolvers,
} from './__generated__/resolvers.ts';
import type { Context } from './context.ts';
import { atMost, listQuery } from './page.ts';
import { chargePayload, jsonOf, textOf } from './payload.ts';

export const retainedQueries: Pick<QueryResolvers, 'retainedMessages' | 'retainedMessage'> = {
  retainedMessages: (_, args, context) =>
    context.domain.retainedMessages(listQuery<RetainedMessageFilter>(args, context)),
  retainedMessage: (_, { topic, node }, { domain }) => domain.retainedMessage(topic, node ?? null),
};

function targetOf({ topic, topics, topicFilter }: ClearRetainedMessagesInput, context: Context): RetainedTarget {
  if (topicFilter != null) return { topicFilter };
  if (topics != null) return { topics: atMost('topics', topics, context) };
  if (topic != null) return { topics: [topic] };
  throw badInput('input', {}, 'a topic, topics or a topicFilter');
}

export const clearingMutations: Pick<MutationResolvers, 'clearRetainedMessages'> = {
  clearRetainedMessages: (_, { input }, context) =>
    whenReady(context.domain.clearRetained(targetOf(input, context)), (clearedCount) => ({ clearedCount })),
};

export const RetainedMessage: Required<Pick<RetainedMessageResolvers, 'payload'>> = {
  payload: ({ payload }, _, __, info) => {
    chargePayload(payload.length, info);
    return payload;
  },
};

export const MessagePayload: Required<Pick<MessagePayloadResolvers, 'size' | 'text' | 'json' | 'base64'>> = {
  size: ({ length }) => length,
  text: textOf,
  json: jsonOf,
  base64: (payload) => payload,
};
