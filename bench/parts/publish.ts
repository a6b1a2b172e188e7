import { PublishDocument } from '../../rest-facade/__generated__/operations.ts';
import { type Bench, MEASURES, measure } from '../matchup.ts';
import { printTable } from '../table.ts';

const SUBSCRIBERS = 10;
const PAYLOAD = 'x'.repeat(100);

/** A message of 100 bytes at QoS 0: to a topic that nobody hears, and to one that ten clients hear. */
export async function publish(bench: Bench): Promise<void> {
  await bench.load.subscribe(bench.house.mqtt.port, 'bench/heard', SUBSCRIBERS);
  const { metrics } = bench.house.broker;
  const rows: string[][] = [];
  for (const [topic, subscribers] of [
    ['bench/unheard', 0],
    ['bench/heard', SUBSCRIBERS],
  ] as const) {
    const messages = [{ topic, payload: { text: PAYLOAD }, qos: 0, retain: false, clientId: 'http' }];
    const measured = await measure(bench, {
      method: 'POST',
      path: '/mqtt/publish',
      body: { topic, payload: PAYLOAD, qos: 0, client_id: 'http' },
      call: { document: PublishDocument, variables: { messages } },
    });
    rows.push(...measured.map((cells) => [String(subscribers), ...cells]));
  }
  if (metrics.messagesQos0Sent === 0) throw new Error('no subscriber was sent a message');
  printTable('publish: POST /mqtt/publish, QoS 0, 100 bytes', ['subscribers', ...MEASURES], rows);
}
