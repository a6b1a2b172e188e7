import { on, once } from 'node:events';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { connectionOf, isOffline, shutdownCountOf } from './figures.ts';
import { connectPacket, publishPacket, subscribePacket } from './wire.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway('mqtt: {max_packet_size: 4096}');
});

afterAll(() => gateway.close());

/** A WebSocket of which a test writes every frame. */
class Frames {
  readonly webSocket: WebSocket;
  readonly #parser = mqttPacket.parser();
  readonly #packets = on(this.#parser, 'packet');

  constructor(path = '/mqtt', protocols: string[] = ['mqtt']) {
    this.webSocket = new WebSocket(`ws://127.0.0.1:${gateway.gateway.ports.webSocket.port}${path}`, protocols);
    this.webSocket.on('message', (data: Buffer) => this.#parser.parse(data));
  }

  async next(): Promise<Packet> {
    const { value } = await this.#packets.next();
    return (value as [Packet])[0];
  }

  async end(): Promise<void> {
    this.webSocket.close();
    await once(this.webSocket, 'close');
  }
}

async function openFrames(...given: ConstructorParameters<typeof Frames>): Promise<Frames> {
  const frames = new Frames(...given);
  await once(frames.webSocket, 'open');
  return frames;
}

/** The status of an upgrade that the server refuses. */
async function statusOf(path: string, protocols: string[]): Promise<number | undefined> {
  const { webSocket } = new Frames(path, protocols);
  webSocket.on('error', () => {});
  const [, response] = await once(webSocket, 'unexpected-response');
  webSocket.terminate();
  return (response as { statusCode?: number }).statusCode;
}

const generate = (...packets: Packet[]): Buffer => Buffer.concat(packets.map((packet) => mqttPacket.generate(packet)));

describe('MQTT over WebSocket', () => {
  test('is at /mqtt only', async () => {
    expect(await statusOf('/', ['mqtt'])).toBe(404);
    expect(await statusOf('/mqtt/more', ['mqtt'])).toBe(404);
    expect(await statusOf('/MQTT', ['mqtt'])).toBe(404);
  });

  test('needs a subprotocol of MQTT [MQTT-6.0.0-3]', async () => {
    expect(await statusOf('/mqtt', [])).toBe(400);
    expect(await statusOf('/mqtt', ['chat'])).toBe(400);
    const frames = await openFrames('/mqtt', ['chat', 'mqtt']);
    expect(frames.webSocket.protocol).toBe('mqtt');
    await frames.end();
  });

  test('answers 426 to a request without an upgrade', async () => {
    const { port } = gateway.gateway.ports.webSocket;
    const response = await fetch(`http://127.0.0.1:${port}/mqtt`, { headers: { connection: 'close' } });
    expect(response.status).toBe(426);
    expect(await response.text()).toBe('MQTT over WebSocket at /mqtt\n');
  });

  test('serves MQTT 3.1 as mqttv3.1', async () => {
    const frames = await openFrames('/mqtt?from=a-browser', ['mqttv3.1']);
    expect(frames.webSocket.protocol).toBe('mqttv3.1');
    frames.webSocket.send(generate(connectPacket({ clientId: 'old', protocolId: 'MQIsdp', protocolVersion: 3 })));
    expect(await frames.next()).toMatchObject({ cmd: 'connack', returnCode: 0 });
    await frames.end();
  });

  test('lists the connection with its transport and peer', async () => {
    const client = await gateway.connect({ clientId: 'browser', overWebSocket: true });
    expect(await connectionOf(gateway, 'browser')).toMatchObject({ transport: 'WEBSOCKET', ipAddress: '127.0.0.1' });
    expect((await connectionOf(gateway, 'browser'))!.port).toBeGreaterThan(0);
    await client.subscribeAsync('browser/#', { qos: 2 });
    const came = new Promise((resolve) => client.once('message', (_topic, payload) => resolve(String(payload))));
    await client.publishAsync('browser/1', 'ü😀', { qos: 2 });
    expect(await came).toBe('ü😀');
    await client.endAsync();
    await isOffline(gateway, 'browser');
  });

  test('takes frames that split packets anywhere', async () => {
    const frames = await openFrames();
    const bytes = generate(
      connectPacket({ clientId: 'split' }),
      subscribePacket(1, ['split', 0]),
      publishPacket('split', 0, undefined, 'whole'),
    );
    for (const byte of bytes) frames.webSocket.send(Buffer.of(byte));
    expect(await frames.next()).toMatchObject({ cmd: 'connack' });
    expect(await frames.next()).toMatchObject({ cmd: 'suback' });
    expect(await frames.next()).toMatchObject({ cmd: 'publish', payload: Buffer.from('whole') });
    expect(await connectionOf(gateway, 'split')).toMatchObject({ bytesReceived: bytes.length, packetsReceived: 3 });
    await frames.end();
  });

  test('takes a frame that holds many packets', async () => {
    const frames = await openFrames();
    frames.webSocket.send(generate(connectPacket({ clientId: 'many' }), { cmd: 'pingreq' }, { cmd: 'pingreq' }));
    expect(await frames.next()).toMatchObject({ cmd: 'connack' });
    expect(await frames.next()).toMatchObject({ cmd: 'pingresp' });
    expect(await frames.next()).toMatchObject({ cmd: 'pingresp' });
    await frames.end();
  });

  test('ends the connection at a text frame [MQTT-6.0.0-1]', async () => {
    const frames = await openFrames();
    const closed = once(frames.webSocket, 'close');
    frames.webSocket.send(generate(connectPacket({ clientId: 'text' })).toString('latin1'));
    await closed;
    expect(await connectionOf(gateway, 'text')).toBeNull();
  });

  test('ends the connection at a packet above mqtt.max_packet_size, in one frame or in many', async () => {
    const packet = generate(publishPacket('large', 0, undefined, 'x'.repeat(5000)));
    for (const pieces of [[packet], [packet.subarray(0, 10), packet.subarray(10, 2000)]]) {
      const frames = await openFrames();
      frames.webSocket.on('error', () => {});
      frames.webSocket.send(generate(connectPacket({ clientId: 'large' })));
      expect(await frames.next()).toMatchObject({ cmd: 'connack' });
      const closed = once(frames.webSocket, 'close');
      for (const piece of pieces) frames.webSocket.send(piece);
      await closed;
      await isOffline(gateway, 'large');
    }
  });

  test('counts why its connections ended', async () => {
    const before = await shutdownCountOf(gateway, 'mqtt:ws');
    const polite = await openFrames();
    polite.webSocket.send(generate(connectPacket({ clientId: 'polite' }), { cmd: 'disconnect' }));
    await once(polite.webSocket, 'close');
    const gone = await openFrames();
    gone.webSocket.send(generate(connectPacket({ clientId: 'gone' })));
    await gone.next();
    gone.webSocket.terminate();
    const kicked = await openFrames();
    kicked.webSocket.send(generate(connectPacket({ clientId: 'kicked' })));
    await kicked.next();
    await gateway.gateway.domain.kick('kicked');
    await once(kicked.webSocket, 'close');
    const grown = async () => {
      const after = await shutdownCountOf(gateway, 'mqtt:ws');
      return ['closed', 'tcp_closed', 'kicked'].map((reason) => (after[reason] ?? 0) - (before[reason] ?? 0));
    };
    await eventually(async () => (await grown()).join() === '1,1,1', 'one more of each reason');
    const listener = async () =>
      (await gateway.gateway.domain.listeners(null)).find(({ protocol }) => protocol === 'mqtt:ws')!;
    await eventually(async () => (await listener()).currentConnections === 0, 'no connection to be left');
  });
});
