import type { MqttBroker } from '../broker/mqtt-broker.ts';
import type { Alarm } from '../domain.ts';
import type { Alarms } from './alarms.ts';

/** What EMQ X 3.1 says of an alarm: a text of the system's own ones, an object of the others. */
function descOf({ severity, title, summary, value, raisedAt }: Alarm): string | object {
  return value ?? { severity: severity.toLowerCase(), title, summary, timestamp: raisedAt };
}

/**
 * Tells MQTT clients of alarms: on `$SYS/brokers/<node>/alarms/alert` and `…/clear`, as JSON in the form of EMQ X 3.1, times
 * in milliseconds since 1970. With QoS 0, so that it needs nothing of the store, and so that nothing piles up.
 */
export function publishAlarms(
  alarms: Pick<Alarms, 'raised' | 'cleared'>,
  broker: Pick<MqttBroker, 'ready' | 'publish'>,
  nodeName: string,
  onFault: (fault: unknown) => void,
): void {
  const publish = (word: 'alert' | 'clear', told: object): void => {
    const topic = `$SYS/brokers/${nodeName}/alarms/${word}`;
    const message = { topic, payload: Buffer.from(JSON.stringify(told)), qos: 0, retain: false, clientId: nodeName };
    broker.ready.then(() => broker.publish(message)).catch(onFault);
  };
  alarms.raised.listen((alarm) => publish('alert', { id: alarm.id, desc: descOf(alarm) }));
  alarms.cleared.listen((alarm) => publish('clear', { id: alarm.id, clear_at: alarm.clearedAt }));
}
