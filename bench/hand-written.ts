import express, { type Express } from 'express';
import { localTime } from '../rest-facade/texts.ts';
import type { Connection } from '../src/domain.ts';
import { createBareExpress } from './bare-express.ts';
import type { House } from './house.ts';

/** A row of `connections` as 3.0-beta spells it. */
const row = (connection: Connection) => ({
  client_id: connection.clientId,
  username: connection.username ?? 'undefined',
  clean_start: connection.cleanSession,
  connected_at: localTime(connection.connectedAt),
  ipaddress: connection.ipAddress,
  port: connection.port,
  is_bridge: connection.isBridge,
  is_super: connection.isSuperuser,
  keepalive: connection.keepalive,
  mountpoint: connection.mountpoint ?? 'undefined',
  will_topic: connection.willTopic ?? 'undefined',
  peercert: 'nossl',
  proto_name: connection.protocolName,
  proto_ver: connection.protocolVersion,
  zone: connection.zone,
  node: connection.nodeName,
  recv_oct: connection.bytesReceived,
  send_oct: connection.bytesSent,
  recv_cnt: connection.socketReads,
  send_cnt: connection.socketWrites,
  send_pend: connection.bytesPending,
  recv_pkt: connection.packetsReceived,
  send_pkt: connection.packetsSent,
  recv_msg: connection.messagesReceived,
  send_msg: connection.messagesSent,
  heap_size: 0,
  mailbox_len: 0,
  reductions: 0,
});

/** The endpoints as somebody writes them who has the domain and Express, and no GraphQL. */
export function createHandWritten(house: House): Express {
  const { domain } = house;
  const app = createBareExpress(house);

  app.get('/api/v3/connections/', async (request, response) => {
    const page = Number(request.query._page ?? 1);
    const limit = Number(request.query._limit ?? 10_000);
    if (!Number.isInteger(page) || page < 1 || !Number.isInteger(limit) || limit < 1) {
      response.status(400).json({ message: '_page and _limit must be positive integers' });
      return;
    }
    const answer = domain.connections({ page: { page, limit, after: null }, filter: {}, node: null });
    const { items, meta } = answer instanceof Promise ? await answer : answer;
    response.json({ items: items.map(row), meta: { page: meta.page, limit: meta.limit, count: meta.count } });
  });

  app.get('/api/v3/connections/:clientid', async (request, response) => {
    const answer = domain.connection(request.params.clientid, null);
    const connection = answer instanceof Promise ? await answer : answer;
    response.json(connection ? [row(connection)] : []);
  });

  app.post('/api/v3/mqtt/publish', express.json(), async (request, response) => {
    const { topic, payload = '', qos = 0, retain = false, client_id: clientId = 'http' } = request.body;
    if (typeof topic !== 'string' || typeof payload !== 'string' || topic === '') {
      response.status(400).json({ message: 'topic and payload must be strings' });
      return;
    }
    const messages = topic
      .split(',')
      .map((one) => ({ topic: one, payload: Buffer.from(payload), qos, retain: retain === true, clientId }));
    const faults = await domain.publishMany(messages);
    response.json({ code: faults.every((fault) => fault !== null) ? 102 : 0 });
  });
  return app;
}
