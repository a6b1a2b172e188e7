import { badInput, type Message, whenReady } from '../src/domain.ts';
import type { Maybe, MutationResolvers, PayloadInput, PublishInput } from './__generated__/resolvers.ts';
import { fault } from './fault.ts';
import { atMost } from './page.ts';

const empty = Buffer.alloc(0);

/** Bytes of texts; one request may carry the same text to many topics, which share its bytes. */
type Texts = Map<string, Buffer>;

function textBytes(text: string, texts: Texts): Buffer {
  const known = texts.get(text);
  if (known) return known;
  if (!text.isWellFormed()) throw badInput('payload', text, 'text without halves of surrogate pairs');
  const made = Buffer.from(text);
  texts.set(text, made);
  return made;
}

function bytes(payload: Maybe<PayloadInput> | undefined, texts: Texts): Buffer {
  if (!payload) return empty;
  if (payload.text != null) return textBytes(payload.text, texts);
  if (payload.base64 != null) return payload.base64;
  return Buffer.from(JSON.stringify(payload.json));
}

const message = (input: PublishInput, texts: Texts): Message => ({
  topic: input.topic,
  payload: bytes(input.payload, texts),
  qos: input.qos ?? 0,
  retain: input.retain ?? false,
  clientId: input.clientId ?? 'http',
});

export const messageMutations: Pick<MutationResolvers, 'publish' | 'publishMany'> = {
  publish: (_, { input }, { domain }) =>
    whenReady(domain.publish(message(input, new Map())), () => ({ topic: input.topic })),
  publishMany: (_, { input }, context) => {
    const texts: Texts = new Map();
    const messages = atMost('messages', input.messages, context).map((one) => message(one, texts));
    return whenReady(context.domain.publishMany(messages), (faults) => ({
      results: faults.map((refusal, i) => ({ topic: messages[i]!.topic, fault: refusal && fault(refusal) })),
    }));
  },
};
