import { createSecureContext } from 'node:tls';
import type { MqttBroker } from '../../broker/mqtt-broker.ts';
import type { Values } from '../../config/setting.ts';
import { createOutbound } from '../../net/outbound.ts';
import { version } from '../../package.ts';
import { readPem } from '../plain-file.ts';
import { type PluginContext, type PluginInstance, plugin } from '../plugin.ts';
import { listenTo } from './broker-listener.ts';
import { Deliveries } from './deliveries.ts';
import { EventQueue } from './event-queue.ts';
import { parseHeader } from './headers.ts';
import { webHookSettings } from './settings.ts';

/** Bytes of an answer, of which the status alone counts. */
const MOST_ANSWER = 65_536;

/** What an instance leaves to the next one, which comes within the same turn of the event loop. */
interface Legacy {
  readonly queue: EventQueue;
  /** Resolves when the queue has all that was not sent. */
  readonly settled: Promise<void>;
}

const legacies = new WeakMap<MqttBroker, Legacy>();

/** The authorities of a PEM file. Throws what the reason is that it cannot be used. */
async function authoritiesIn(path: string): Promise<string> {
  const ca = await readPem(path);
  createSecureContext({ ca });
  return ca;
}

/** Tells an HTTP server what clients do and what they send. */
export const webHook = plugin({
  name: 'emqx_web_hook',
  version,
  description: 'Tells an HTTP server of clients, sessions and messages',
  type: 'bridge',
  settings: webHookSettings,
  order: 0,
  isActiveAtFirst: false,
  isPermanent: false,
  load: (context) => createWebHook(context),
});

async function createWebHook({
  broker,
  nodeName,
  alarms,
  log,
  settings,
}: PluginContext<Values<typeof webHookSettings>>): Promise<PluginInstance> {
  if (settings.url === null) throw new Error('web.hook.api.url is not set');
  const limits = { maxCount: settings.maxQueueLen, maxBytes: settings.maxQueueBytes };
  let queue = new EventQueue(limits);
  const timeout = settings.requestTimeout * 1000;
  const outbound = createOutbound({
    connections: 1,
    maxPending: 1,
    connectTimeout: timeout,
    timeout,
    maxAnswer: MOST_ANSWER,
    allowLinkLocal: settings.allowLinkLocal === 'on',
    ...(settings.ca === null ? {} : { tls: { ca: await authoritiesIn(settings.ca) } }),
  });
  const url = new URL(settings.url);
  const createDeliveries = () =>
    new Deliveries({
      ...{ queue, outbound, url, alarms, log },
      headers: Object.fromEntries(settings.headers.map(parseHeader).filter((header) => header !== null)),
      secret: settings.secret,
      batchSize: settings.batchSize,
      firstWait: settings.retryBackoff,
      longestWait: settings.maxRetryBackoff,
    });
  let deliveries: Deliveries | null = null;
  let endListening = (): void => {};

  /** Nobody takes over: what waits is sent as far as that is soon done. */
  async function finish(left: Deliveries, settled: Promise<void>): Promise<void> {
    await settled;
    await left.drain();
    left.clearAlarm();
    if (queue.count > 0) log.warn({ count: queue.count }, 'events of the web hook were dropped');
    queue.drop();
  }

  return {
    grace: settings.grace,
    start() {
      const legacy = legacies.get(broker);
      legacies.delete(broker);
      if (legacy) {
        queue = legacy.queue;
        queue.limits = limits;
        queue.keepBounds();
      }
      const next = createDeliveries();
      deliveries = next;
      endListening = listenTo({
        ...{ broker, nodeName, events: settings.events, topics: settings.topics },
        encodePayload: settings.encodePayload,
        tell(event) {
          queue.add(event);
          next.notice();
        },
      });
      // The order of the events is that of the requests.
      void (legacy?.settled ?? Promise.resolve()).then(() => deliveries === next && next.start());
    },
    figures() {
      return {
        queuedCount: queue.count,
        queuedBytes: queue.bytes,
        droppedCount: queue.droppedCount,
        sentCount: deliveries?.sentCount ?? 0,
        refusedCount: deliveries?.refusedCount ?? 0,
        failedRequestsCount: deliveries?.failedCount ?? 0,
      };
    },
    async unload() {
      endListening();
      const left = deliveries;
      deliveries = null;
      if (left) {
        left.endWithin(settings.grace * 1000);
        const settled = left.stop();
        const legacy = { queue, settled };
        legacies.set(broker, legacy);
        await null;
        if (legacies.get(broker) === legacy) {
          legacies.delete(broker);
          await finish(left, settled);
        } else await settled;
        await left.close();
      } else await outbound.close();
    },
  };
}
