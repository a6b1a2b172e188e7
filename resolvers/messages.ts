import { type Message, whenReady } from '../src/domain.ts';
import type { Maybe, MutationResolvers, PayloadInput, PublishInput } from './__generated__/resolvers.ts';
import { fault } from './fault.ts';
import { atMost } from './page.ts';

const empty = Buffer.alloc(0);

function bytes(payload: Maybe<PayloadInput> | undefined): Buffer {
  if (!payload) return empty;
  if (payload.text != null) return Buffer.from(payload.text);
  if (payload.base64 != null) return payload.base64;
  return Buffer.from(JSON.stringify(payload.json));
}

const message = (input: PublishInput): Message => ({
  topic: input.topic,
  payload: bytes(input.payload),
  qos: input.qos ?? 0,
  retain: input.retain ?? false,
  clientId: input.clientId ?? 'http',
});

export const messageMutations: Pick<MutationResolvers, 'publish' | 'publishMany'> = {
  publish: (_, { input }, { domain }) => whenReady(domain.publish(message(input)), () => ({ topic: input.topic })),
  publishMany: (_, { input }, context) => {
    const messages = atMost('messages', input.messages, context).map(message);
    return whenReady(context.domain.publishMany(messages), (faults) => ({
      results: faults.map((refusal, i) => ({ topic: messages[i]!.topic, fault: refusal && fault(refusal) })),
    }));
  },
};
