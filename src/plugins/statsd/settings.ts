import { z } from 'zod';
import { setting } from '../../config/setting.ts';
import { oneOf, onOff, whole } from '../../config/setting-types.ts';

/** `host:port` of a server; IPv6 stands in brackets. */
const hostAndPort = z
  .string()
  .refine((text) => {
    const url = URL.canParse(`udp://${text}`) ? new URL(`udp://${text}`) : null;
    return url !== null && url.hostname !== '' && Number(url.port) > 0 && url.host.toLowerCase() === text.toLowerCase();
  })
  .describe('a host and a port, such as 127.0.0.1:8125');

/** The address of a server over HTTP, without a name and a password, which a settings list would show. */
const httpUrl = z
  .string()
  .refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    const isPlain = url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
    return isPlain && /^https?:$/.test(url.protocol);
  })
  .describe('an http or https address without credentials and a query, such as http://127.0.0.1:9091');

const row = { env: null, flag: null };

export const statsdSettings = {
  mode: setting({
    ...row,
    path: 'statsd.mode',
    type: oneOf(['push_gateway', 'statsd']),
    default: 'push_gateway',
    description: 'What the figures are sent to: a Pushgateway of Prometheus, or a StatsD server over UDP.',
  }),
  pushGatewayServer: setting({
    ...row,
    path: 'statsd.push.gateway.server',
    type: httpUrl,
    default: 'http://127.0.0.1:9091',
    description: 'Address of the Pushgateway.',
  }),
  allowLinkLocal: setting({
    ...row,
    path: 'statsd.allow_link_local',
    type: onOff,
    default: 'off',
    description: 'Whether the server may have a link-local address.',
  }),
  server: setting({
    ...row,
    path: 'statsd.server',
    type: hostAndPort,
    default: '127.0.0.1:8125',
    description: 'Host and port of the StatsD server.',
  }),
  prefix: setting({
    ...row,
    path: 'statsd.prefix',
    type: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{0,64}$/)
      .describe('at most 64 letters, digits and . _ -'),
    default: '',
    description: 'What names begin with at the StatsD server, before brokerql.',
  }),
  interval: setting({
    ...row,
    path: 'statsd.interval',
    type: whole(100, 3_600_000, 'milliseconds'),
    default: 15_000,
    description: 'How often the figures are sent.',
  }),
};
