import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { eventually, type TestGateway } from '../../support/gateway.ts';
import { type Inbox, inboxOf } from './inbox.ts';

/** Ends a client and resolves when the broker lists it no longer as connected. */
export async function leave({ gateway: { domain } }: TestGateway, client: MqttClient): Promise<void> {
  const clientId = client.options.clientId ?? '';
  await client.endAsync();
  await eventually(async () => (await domain.connection(clientId, null)) === null, `${clientId} to leave`);
}

/** Connects a client whose inbox misses nothing: what waited for it may arrive at once. */
export function comeBack({ mqttUrl }: TestGateway, options: IClientOptions): { client: MqttClient; inbox: Inbox } {
  const client = mqtt.connect(mqttUrl, { reconnectPeriod: 0, ...options });
  return { client, inbox: inboxOf(client) };
}
