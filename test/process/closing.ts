import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { describe, expect, test } from 'vitest';
import { APP, APP_AUTHORIZATION, NODE } from '../support/gateway.ts';
import { newFolder, type Program, type Run, start, stop } from './program.ts';

const LABELS = ['MQTT', 'MQTT over WebSocket', 'management: REST', 'dashboard: REST'];

function open(one: Run, label: string): Socket {
  const [host = '', port = ''] = one.address(label).split(':');
  return connect(Number(port), host);
}

async function isRefused(one: Run, label: string): Promise<boolean> {
  const [error] = await once(open(one, label), 'error');
  return error.code === 'ECONNREFUSED';
}

/** A connection that has written this; resolves when it has been answered. */
async function answered(one: Run, label: string, request: string): Promise<Socket> {
  const socket = open(one, label);
  socket.on('error', () => {});
  socket.write(request);
  await once(socket, 'data');
  return socket;
}

const STATUS = 'GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
const UNFINISHED = 'POST /api/v3/mqtt/publish HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\n{';

const closed = (socket: Socket): Promise<unknown> => (socket.closed ? Promise.resolve() : once(socket, 'close'));

const ended = (client: MqttClient): Promise<void> => new Promise((resolve) => client.once('close', () => resolve()));

export function describeClosing(built: () => Program): void {
  describe('SIGINT', () => {
    // A close of more than 4.5 s ends with exit code 1, so that 0 tells of the time, too.
    test('ends the program with exit code 0, whoever is connected and whatever is under way', async () => {
      const one = await start(built());
      const options = { reconnectPeriod: 0, clean: false } as const;
      const tcp = await mqtt.connectAsync(`mqtt://${one.address('MQTT')}`, { ...options, clientId: 'tcp' });
      const url = `ws://${one.address('MQTT over WebSocket')}/mqtt`;
      const webSocket = await mqtt.connectAsync(url, { ...options, clientId: 'ws' });
      const mute = open(one, 'MQTT');
      await once(mute, 'connect');
      const keepAlive = await answered(one, 'management: REST', STATUS);
      const browser = await answered(one, 'dashboard: REST', STATUS);
      const unfinished = await answered(one, 'management: REST', STATUS);
      unfinished.write(UNFINISHED);
      const ends = [ended(tcp), ended(webSocket), closed(mute), closed(keepAlive), closed(browser), closed(unfinished)];

      one.kill('SIGINT');
      expect(await one.exited).toEqual({ code: 0, signal: null });
      await Promise.all(ends);
      for (const label of LABELS) expect(await isRefused(one, label)).toBe(true);
      expect(one.stderr).toBe('');
    });
  });

  describe('SIGTERM', () => {
    test('ends the program with exit code 0 though servers that plugins ask never answer', async () => {
      const asked = new Set<string | undefined>();
      const silent = createServer(({ url }) => {
        asked.add(url);
        silent.emit('asked');
      }).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const server = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
      const cwd = newFolder();
      writeFileSync(
        join(cwd, 'brokerql.yaml'),
        `plugins:
  emqx_web_hook: {web.hook.api.url: ${server}/hook, web.hook.request_timeout: 300, web.hook.grace: 1}
  emqx_auth_http: {auth.http.auth_req: ${server}/auth, auth.http.request.timeout: 300}
`,
      );
      const env = { BROKERQL_APP_ID: APP.id, BROKERQL_APP_SECRET: APP.secret };
      const one = await start(built(), ['--config', 'brokerql.yaml'], { cwd, env });
      for (const name of ['emqx_web_hook', 'emqx_auth_http']) {
        const url = `http://${one.address('management: REST')}/api/v3/nodes/${NODE}/plugins/${name}/load`;
        expect((await fetch(url, { method: 'PUT', headers: { authorization: APP_AUTHORIZATION } })).status).toBe(200);
        // The hook tells of a client that the other plugin does not know yet.
        const client = mqtt.connect(`mqtt://${one.address('MQTT')}`, {
          ...{ reconnectPeriod: 0, username: 'ann', password: 'x' },
        });
        client.on('error', () => {});
        while (!asked.has(name === 'emqx_web_hook' ? '/hook' : '/auth')) await once(silent, 'asked');
      }
      expect(await stop(one)).toEqual({ code: 0, signal: null });
      expect(one.stdout).not.toContain('closing took too long');
      silent.closeAllConnections();
      silent.close();
    });
  });

  describe('a second signal', () => {
    test('ends a program at once that closes already', async () => {
      const one = await start(built());
      const socket = await answered(one, 'management: REST', STATUS);
      socket.write(UNFINISHED);
      one.kill('SIGINT');
      await one.untilPrinted('SIGINT: closing');
      one.kill('SIGINT');
      const { code, signal } = await one.exited;
      // The close may have been over before the second signal came.
      expect([0, 130]).toContain(code);
      expect(signal).toBeNull();
    });
  });
}
