import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, NODE, type TestGateway } from '../support/gateway.ts';
import { inboxOf, next } from './support/inbox.ts';
import { leave } from './support/offline.ts';
import { NOT_FOUND, PROFILES, type ProfileName, spelled, startProfile } from './support/profiles.ts';
import { ZERO_DOTTED, ZERO_SLASHED } from './support/zero-metrics.ts';

const metricsOf = (profile: ProfileName): Record<string, number> => (profile === '3.2' ? ZERO_DOTTED : ZERO_SLASHED);

/** What the script below makes of the counters; those that are not named stay 0. */
const SLASHED = {
  'bytes/received': 143,
  'bytes/sent': 79,
  'packets/received': 17,
  'packets/sent': 14,
  'packets/connect': 3,
  'packets/connack': 3,
  'packets/publish/received': 4,
  'packets/publish/sent': 3,
  'packets/puback/received': 1,
  'packets/puback/sent': 1,
  'packets/pubrec/received': 1,
  'packets/pubrec/sent': 1,
  'packets/pubrel/received': 1,
  'packets/pubrel/sent': 1,
  'packets/pubcomp/received': 1,
  'packets/pubcomp/sent': 1,
  'packets/subscribe': 2,
  'packets/suback': 2,
  'packets/unsubscribe': 1,
  'packets/unsuback': 1,
  'packets/pingreq': 1,
  'packets/pingresp': 1,
  'packets/disconnect/received': 2,
  'messages/received': 4,
  'messages/sent': 3,
  'messages/qos0/received': 2,
  'messages/qos0/sent': 1,
  'messages/qos1/received': 1,
  'messages/qos1/sent': 1,
  'messages/qos2/received': 1,
  'messages/qos2/sent': 1,
  'messages/retained': 1,
  'messages/dropped': 1,
};

const DOTTED = {
  'bytes.received': 143,
  'bytes.sent': 79,
  'packets.received': 17,
  'packets.sent': 14,
  'packets.connect.received': 3,
  'packets.connack.sent': 3,
  'packets.publish.received': 4,
  'packets.publish.sent': 3,
  'packets.puback.received': 1,
  'packets.puback.sent': 1,
  'packets.pubrec.received': 1,
  'packets.pubrec.sent': 1,
  'packets.pubrel.received': 1,
  'packets.pubrel.sent': 1,
  'packets.pubcomp.received': 1,
  'packets.pubcomp.sent': 1,
  'packets.subscribe.received': 2,
  'packets.suback.sent': 2,
  'packets.unsubscribe.received': 1,
  'packets.unsuback.sent': 1,
  'packets.pingreq.received': 1,
  'packets.pingresp.sent': 1,
  'packets.disconnect.received': 2,
  'messages.received': 4,
  'messages.sent': 3,
  'messages.qos0.received': 2,
  'messages.qos0.sent': 1,
  'messages.qos1.received': 1,
  'messages.qos1.sent': 1,
  'messages.qos2.received': 1,
  'messages.qos2.sent': 1,
  'messages.retained': 1,
  'messages.dropped': 1,
  'auth.mqtt.anonymous': 3,
};

const STATS_SLASHED = {
  'connections/count': 1,
  'connections/max': 2,
  'sessions/count': 2,
  'sessions/max': 3,
  'sessions/persistent/count': 1,
  'sessions/persistent/max': 1,
  'topics/count': 1,
  'topics/max': 2,
  'subscribers/count': 1,
  'subscribers/max': 2,
  'subscriptions/count': 1,
  'subscriptions/max': 2,
  'subscriptions/shared/count': 0,
  'subscriptions/shared/max': 0,
  'routes/count': 1,
  'routes/max': 2,
  'retained/count': 1,
  'retained/max': 1,
};

const STATS_DOTTED = {
  'connections.count': 1,
  'connections.max': 2,
  'sessions.count': 2,
  'sessions.max': 3,
  'sessions.persistent.count': 1,
  'sessions.persistent.max': 1,
  'topics.count': 1,
  'topics.max': 2,
  'subscribers.count': 1,
  'subscribers.max': 2,
  'subscriptions.count': 1,
  'subscriptions.max': 2,
  'subscriptions.shared.count': 0,
  'subscriptions.shared.max': 0,
  'routes.count': 1,
  'routes.max': 2,
  'retained.count': 1,
  'retained.max': 1,
  'suboptions.count': 1,
  'suboptions.max': 2,
};

describe.each(PROFILES)('metrics and stats in the spelling of %s', (profile) => {
  let gateway: TestGateway;
  const zero = metricsOf(profile);
  const stats: Record<string, number> = profile === '3.2' ? STATS_DOTTED : STATS_SLASHED;

  beforeAll(async () => {
    gateway = await startProfile(profile);
  });

  afterAll(() => gateway.close());

  describe('before any client came', () => {
    test('GET /metrics/ answers every counter at zero', async () => {
      const rows = [{ node: NODE, metrics: zero }];
      const { status, json } = await gateway.rest('/metrics/');
      expect(status).toBe(200);
      expect(json).toEqual(spelled(profile, rows, { code: 0, data: rows }));
    });

    test('GET /stats/ answers every gauge at zero', async () => {
      const rows = [{ node: NODE, ...Object.fromEntries(Object.keys(stats).map((key) => [key, 0])) }];
      const { status, json } = await gateway.rest('/stats/');
      expect(status).toBe(200);
      expect(json).toEqual(spelled(profile, rows, { code: 0, data: rows }));
    });
  });

  describe('when clients subscribed, published and left', () => {
    beforeAll(async () => {
      await leave(gateway, await gateway.connect({ clientId: 'away', clean: false }));

      const subscriber = await gateway.connect({ clientId: 'sub' });
      const inbox = inboxOf(subscriber);
      await subscriber.subscribeAsync('a/#', { qos: 2 });
      await subscriber.subscribeAsync('b', { qos: 0 });
      const publisher = await gateway.connect({ clientId: 'pub' });
      await publisher.publishAsync('a/0', 'zero', { qos: 0 });
      await publisher.publishAsync('a/1', 'one', { qos: 1 });
      await publisher.publishAsync('a/2', 'two', { qos: 2 });
      await publisher.publishAsync('c', 'kept', { qos: 0, retain: true });
      await inbox.take(3);
      await subscriber.unsubscribeAsync('b');
      await leave(gateway, publisher);
      const pong = next(subscriber, 'packetreceive');
      subscriber.sendPing();
      await pong;
      const { domain } = gateway.gateway;
      await eventually(async () => {
        const [node] = await domain.metrics(null);
        return node?.packetsPubcompReceived === 1;
      }, 'the last acknowledgement');
    });

    test('GET /metrics/ lists the counters under each node', async () => {
      const counters = { ...zero, ...(profile === '3.2' ? DOTTED : SLASHED) };
      const rows = [{ node: NODE, metrics: counters }];
      const { status, json } = await gateway.rest('/metrics/');
      expect(status).toBe(200);
      expect(json).toEqual(spelled(profile, rows, { code: 0, data: rows }));
    });

    test('GET /nodes/:node/metrics/ answers the counters alone', async () => {
      const counters = { ...zero, ...(profile === '3.2' ? DOTTED : SLASHED) };
      const { status, json } = await gateway.rest(`/nodes/${NODE}/metrics/`);
      expect(status).toBe(200);
      expect(json).toEqual(spelled(profile, counters, { code: 0, data: counters }));
    });

    test('GET /stats/ lists the gauges beside each node', async () => {
      const rows = [{ node: NODE, ...stats }];
      const { status, json } = await gateway.rest('/stats/');
      expect(status).toBe(200);
      expect(json).toEqual(spelled(profile, rows, { code: 0, data: rows }));
    });

    test('GET /nodes/:node/stats/ answers the gauges alone', async () => {
      const { status, json } = await gateway.rest(`/nodes/${NODE}/stats/`);
      expect(status).toBe(200);
      expect(json).toEqual(spelled(profile, stats, { code: 0, data: stats }));
    });
  });

  test.each(['metrics', 'stats'])('GET /nodes/:node/%s/ does not know another node', async (name) => {
    const { status, text } = await gateway.rest(`/nodes/brokerql@10.0.0.9/${name}/`);
    expect({ status, text }).toEqual(NOT_FOUND);
  });
});
