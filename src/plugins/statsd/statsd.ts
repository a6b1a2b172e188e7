import type { LookupAll } from '../../net/link-local.ts';
import { version } from '../../package.ts';
import { Exposition } from '../exposition/exposition.ts';
import type { NodeFigures } from '../figures.ts';
import { type Plugin, plugin } from '../plugin.ts';
import { createPushGateway } from './push-gateway.ts';
import type { Sender } from './sender.ts';
import { statsdSettings } from './settings.ts';
import { createStatsdServer } from './udp.ts';

const ALARM = 'not_answering:emqx_statsd';

/** Sends the figures of the node to a server, again and again. `lookup` is that of the system unless given. */
export const statsd = (figures: NodeFigures, lookup?: LookupAll): Plugin =>
  plugin({
    name: 'emqx_statsd',
    version,
    description: 'StatsD: sends figures of the node to a Pushgateway of Prometheus, or to a StatsD server',
    type: 'feature',
    settings: statsdSettings,
    order: 0,
    isActiveAtFirst: false,
    isPermanent: false,
    load({ settings, nodeName, alarms, log }) {
      const { mode, pushGatewayServer, server, prefix, interval } = settings;
      const allowLinkLocal = settings.allowLinkLocal === 'on';
      const sender: Sender =
        mode === 'push_gateway'
          ? createPushGateway(pushGatewayServer, nodeName, { interval, allowLinkLocal })
          : createStatsdServer({ server, prefix, allowLinkLocal, lookup });
      const exposition = new Exposition(figures, nodeName);
      let timer: NodeJS.Timeout | undefined;
      let isEnded = false;
      let isFailing = false;
      let isUnderWay = false;

      const failed = (fault: unknown): void => {
        const { message, code } = fault as NodeJS.ErrnoException;
        const summary = `${sender.target} takes no figures: ${message || code}`;
        alarms.raise({ id: ALARM, severity: 'warning', title: 'Server not answering', summary });
        if (!isFailing) log.warn({ err: fault }, 'sending figures failed');
        isFailing = true;
      };

      const send = async (): Promise<void> => {
        try {
          await sender.send(exposition);
          if (isEnded) return;
          alarms.clear(ALARM);
          if (isFailing) log.info('figures are sent again');
          isFailing = false;
        } catch (fault) {
          if (!isEnded) failed(fault);
        }
      };

      /** What a slow server has not answered yet is not sent a second time. */
      const tick = (): void => {
        if (isUnderWay) return;
        isUnderWay = true;
        void send().finally(() => {
          isUnderWay = false;
        });
      };

      return {
        start() {
          tick();
          timer = setInterval(tick, interval).unref();
        },
        async unload() {
          isEnded = true;
          clearInterval(timer);
          alarms.clear(ALARM);
          exposition.stop();
          // What is under way is cut off; a name that does not resolve is not waited for.
          await sender.close();
        },
      };
    },
  });
