import {
  PublishDocument,
  type PublishInput,
  SubscribeBatchDocument,
  SubscribeDocument,
  type SubscribeInput,
  UnsubscribeBatchDocument,
  UnsubscribeDocument,
} from '../__generated__/operations.ts';
import { type Answer, accepted, endpoint, value } from '../endpoint.ts';
import type { Json } from '../execute.ts';
import { spellings } from '../refusals.ts';
import { integerOf, mustBe, objectOf, RequestError, type RestRequest, type Source, textOf } from '../request.ts';

/** Topics that one request may name, all elements of a batch together. */
const MOST_TOPICS = 10_000;

function checkCount(count: number): void {
  if (count > MOST_TOPICS) throw new RequestError(`the request names ${count} topics; the limit is ${MOST_TOPICS}`);
}

/** `topic` wins over `topics`; either holds one or more, separated by commas. */
function topicsOf(source: Source): string[] {
  const key = topicKey(source);
  const topics = textOf(source, key, '').split(',');
  checkCount(topics.length);
  if (topics.includes(''))
    throw mustBe(key, 'a topic, or several separated by commas, none of them empty', source(key));
  return topics;
}

const topicKey = (source: Source): 'topic' | 'topics' =>
  source('topic') === undefined && source('topics') !== undefined ? 'topics' : 'topic';

const qosOf = (source: Source): number => integerOf(source, 'qos', 0, 0, 2);

/** One message for each topic. Only the JSON value true retains. */
function messagesOf(source: Source): PublishInput[] {
  const payload = { text: textOf(source, 'payload', '') };
  const message = {
    payload,
    qos: qosOf(source),
    retain: source('retain') === true,
    clientId: textOf(source, 'client_id', 'http'),
  };
  return topicsOf(source).map((topic) => ({ topic, ...message }));
}

function subscriptionOf(source: Source): SubscribeInput {
  const qos = qosOf(source);
  const topicFilters = topicsOf(source).map((topicFilter) => ({ topicFilter, qos }));
  return { clientId: textOf(source, 'client_id', ''), topicFilters };
}

/** One filter, which may hold commas. */
function unsubscriptionOf(source: Source): { clientId: string; topicFilters: string[] } {
  const topic = textOf(source, 'topic', '');
  if (topic === '') throw mustBe('topic', 'a topic filter', source('topic'));
  return { clientId: textOf(source, 'client_id', ''), topicFilters: [topic] };
}

/** The elements of a batch; no body is an empty batch. */
function elementsOf({ body }: RestRequest): Source[] {
  if (body === undefined) return [];
  if (!Array.isArray(body)) throw mustBe('the body', 'a JSON array of objects', body);
  checkCount(body.length);
  return body.map((element, i) => {
    const fields = objectOf(element, `element ${i}`);
    return (name) => fields[name];
  });
}

type Fault = { readonly code: keyof typeof spellings; readonly message: string } | null;

/** The number of what is wrong with one element while others are taken, where it has none of its own. */
const BAD_PARAMS = 108;

const numberOf = (fault: Fault): number => {
  if (!fault) return 0;
  const spelling = spellings[fault.code];
  return 'number' in spelling ? spelling.number : BAD_PARAMS;
};

/** Wildcards are skipped; that is a fault only when nothing is left. */
function published(faults: readonly Fault[]): Fault {
  return faults.every((fault) => fault !== null) ? (faults[0] ?? null) : null;
}

/** The topic of an element as it was sent, under the key that it was sent with. */
const topicAsSent = (source: Source): Record<string, Json> => {
  const key = topicKey(source);
  return { [key]: source(key) as Json };
};

const batchAnswer = (
  elements: readonly Source[],
  faults: readonly Fault[],
  row: (source: Source) => Record<string, Json>,
): Answer => value(elements.map((source, i) => ({ ...row(source), code: numberOf(faults[i] ?? null) })));

const clientAndTopic = (source: Source): Record<string, Json> => ({
  client_id: textOf(source, 'client_id', ''),
  ...topicAsSent(source),
});

export const messageRows = [
  endpoint({
    name: 'mqtt_publish',
    method: 'POST',
    path: '/mqtt/publish',
    descr: 'Publish a MQTT message',
    operation: PublishDocument,
    variables: ({ parameter }) => ({ messages: messagesOf(parameter) }),
    answer: ({ publishMany: { results } }) => {
      const fault = published(results.map((result) => result.fault));
      return fault ? { kind: 'refused', ...fault } : accepted;
    },
  }),
  endpoint({
    name: 'mqtt_subscribe',
    method: 'POST',
    path: '/mqtt/subscribe',
    descr: 'Subscribe a topic',
    operation: SubscribeDocument,
    variables: ({ parameter }) => subscriptionOf(parameter),
    answer: () => accepted,
  }),
  endpoint({
    name: 'mqtt_unsubscribe',
    method: 'POST',
    path: '/mqtt/unsubscribe',
    descr: 'Unsubscribe a topic',
    operation: UnsubscribeDocument,
    variables: ({ parameter }) => unsubscriptionOf(parameter),
    answer: () => accepted,
  }),
  endpoint({
    name: 'mqtt_subscribe_batch',
    method: 'POST',
    path: '/mqtt/subscribe_batch',
    descr: 'Batch subscribes topics',
    since: 'V3_2',
    operation: SubscribeBatchDocument,
    variables: (request) => ({ requests: elementsOf(request).map(subscriptionOf) }),
    answer: ({ subscribeMany: { results } }, request) =>
      batchAnswer(
        elementsOf(request),
        results.map(({ fault }) => fault),
        clientAndTopic,
      ),
  }),
  endpoint({
    name: 'mqtt_publish_batch',
    method: 'POST',
    path: '/mqtt/publish_batch',
    descr: 'Batch publish MQTT messages',
    since: 'V3_2',
    operation: PublishDocument,
    variables: (request) => {
      const messages = elementsOf(request).flatMap(messagesOf);
      checkCount(messages.length);
      return { messages };
    },
    answer: ({ publishMany: { results } }, request) => {
      const elements = elementsOf(request);
      let taken = 0;
      const faults = elements.map((source) => {
        const own = results.slice(taken, taken + topicsOf(source).length);
        taken += own.length;
        return published(own.map(({ fault }) => fault));
      });
      return batchAnswer(elements, faults, topicAsSent);
    },
  }),
  endpoint({
    name: 'mqtt_unsubscribe_batch',
    method: 'POST',
    path: '/mqtt/unsubscribe_batch',
    descr: 'Batch unsubscribes topics',
    since: 'V3_2',
    operation: UnsubscribeBatchDocument,
    variables: (request) => ({ requests: elementsOf(request).map(unsubscriptionOf) }),
    answer: ({ unsubscribeMany: { results } }, request) =>
      batchAnswer(
        elementsOf(request),
        results.map(({ fault }) => fault),
        clientAndTopic,
      ),
  }),
];
