import { expect } from 'vitest';
import type { TestGateway } from '../../support/gateway.ts';

const STATE = `{
  metrics { messagesReceived messagesSent messagesDropped messagesRetained }
  stats { connectionsCount sessionsCount persistentSessionsCount retainedCount }
  subscriptions(page: { limit: 10000 }) { items { clientId topicFilter qos } }
  sessions(page: { limit: 10000 }) { items { clientId connected subscriptionsCount queuedCount } }
}`;

/** What a write could change: messages sent, dropped and kept, connections, sessions and subscriptions. */
export async function stateOf(gateway: TestGateway): Promise<unknown> {
  const { data, errors } = await gateway.graphql<Record<string, unknown>>(STATE);
  expect(errors).toBeUndefined();
  return data;
}

/** Does something and asserts that the broker's state is the same behind it. */
export async function unchanged<Answer>(gateway: TestGateway, act: () => Promise<Answer>): Promise<Answer> {
  const before = await stateOf(gateway);
  const answer = await act();
  expect(await stateOf(gateway)).toEqual(before);
  return answer;
}
