import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { connectionOf, growth, isOffline, metricsOf } from './figures.ts';
import { connectPacket, connectWire, NAMELESS_PERSISTENT_CONNECT, openWire, publishPacket, type Wire } from './wire.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway.close());

/** What a flow adds to the figures of the node, bytes aside: those are told of on their own. */
async function added(flow: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await metricsOf(gateway);
  await flow();
  const { bytesReceived: _in, bytesSent: _out, ...packets } = growth(before, await metricsOf(gateway));
  return packets;
}

describe('the packet counters of the node', () => {
  let wire: Wire;
  let subscriber: Wire;

  beforeAll(async () => {
    wire = await connectWire(gateway, { clientId: 'counted' });
    subscriber = await connectWire(gateway, { clientId: 'subscriber' });
    await subscriber.subscribe(['at/0', 0], ['at/1', 1], ['at/2', 2]);
  });

  test('tell of a CONNECT, its CONNACK, and of a DISCONNECT', async () => {
    const flow = async (): Promise<void> => {
      const other = await connectWire(gateway, { clientId: 'short' });
      await other.disconnect();
      await isOffline(gateway, 'short');
    };
    expect(await added(flow)).toEqual({
      packetsReceived: 2,
      packetsSent: 1,
      packetsConnectReceived: 1,
      packetsConnackSent: 1,
      packetsDisconnectReceived: 1,
      authMqttAnonymous: 1,
    });
  });

  test('tell of a ping', async () => {
    expect(await added(() => wire.ask({ cmd: 'pingreq' }, 'pingresp'))).toEqual({
      packetsReceived: 1,
      packetsSent: 1,
      packetsPingreqReceived: 1,
      packetsPingrespSent: 1,
    });
  });

  test('tell of SUBSCRIBE and UNSUBSCRIBE', async () => {
    const flow = async (): Promise<void> => {
      await wire.subscribe(['own/a', 0], ['own/b', 1]);
      await wire.ask({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['own/a', 'own/b'] }, 'unsuback');
    };
    expect(await added(flow)).toEqual({
      packetsReceived: 2,
      packetsSent: 2,
      packetsSubscribeReceived: 1,
      packetsSubackSent: 1,
      packetsUnsubscribeReceived: 1,
      packetsUnsubackSent: 1,
    });
  });

  test('tell of a message of QoS 0 in both directions', async () => {
    const flow = async (): Promise<void> => {
      wire.write(publishPacket('at/0'));
      await subscriber.next('publish');
    };
    expect(await added(flow)).toEqual({
      packetsReceived: 1,
      packetsSent: 1,
      packetsPublishReceived: 1,
      packetsPublishSent: 1,
      messagesReceived: 1,
      messagesSent: 1,
      messagesQos0Received: 1,
      messagesQos0Sent: 1,
    });
  });

  test('tell of a message of QoS 1 and its PUBACKs in both directions', async () => {
    const flow = async (): Promise<void> => {
      await wire.ask(publishPacket('at/1', 1, 7), 'puback');
      const { messageId } = await subscriber.next('publish');
      subscriber.write({ cmd: 'puback', messageId: messageId! });
      await subscriber.settle();
    };
    expect(await added(flow)).toEqual({
      packetsReceived: 3,
      packetsSent: 3,
      packetsPublishReceived: 1,
      packetsPublishSent: 1,
      packetsPubackReceived: 1,
      packetsPubackSent: 1,
      messagesReceived: 1,
      messagesSent: 1,
      messagesQos1Received: 1,
      messagesQos1Sent: 1,
      packetsPingreqReceived: 1,
      packetsPingrespSent: 1,
    });
  });

  test('tell of a message of QoS 2 and its handshakes in both directions', async () => {
    const flow = async (): Promise<void> => {
      await wire.ask(publishPacket('at/2', 2, 8), 'pubrec');
      await wire.ask({ cmd: 'pubrel', messageId: 8 }, 'pubcomp');
      const { messageId } = await subscriber.next('publish');
      await subscriber.ask({ cmd: 'pubrec', messageId: messageId! }, 'pubrel');
      subscriber.write({ cmd: 'pubcomp', messageId: messageId! });
      await subscriber.settle();
    };
    expect(await added(flow)).toEqual({
      packetsReceived: 5,
      packetsSent: 5,
      packetsPublishReceived: 1,
      packetsPublishSent: 1,
      packetsPubrecReceived: 1,
      packetsPubrecSent: 1,
      packetsPubrelReceived: 1,
      packetsPubrelSent: 1,
      packetsPubcompReceived: 1,
      packetsPubcompSent: 1,
      messagesReceived: 1,
      messagesSent: 1,
      messagesQos2Received: 1,
      messagesQos2Sent: 1,
      packetsPingreqReceived: 1,
      packetsPingrespSent: 1,
    });
  });

  test.each(['puback', 'pubcomp'] as const)('call a %s of an unknown packet id missed', async (cmd) => {
    const flow = async (): Promise<void> => {
      wire.write({ cmd, messageId: 4711 });
      await wire.settle();
    };
    const name = cmd === 'puback' ? 'Puback' : 'Pubcomp';
    expect(await added(flow)).toEqual({
      packetsReceived: 2,
      packetsSent: 1,
      [`packets${name}Received`]: 1,
      [`packets${name}Missed`]: 1,
      packetsPingreqReceived: 1,
      packetsPingrespSent: 1,
    });
  });

  test('call a PUBREC of an unknown packet id missed', async () => {
    expect(await added(() => wire.ask({ cmd: 'pubrec', messageId: 4711 }, 'pubrel'))).toEqual({
      packetsReceived: 1,
      packetsSent: 1,
      packetsPubrecReceived: 1,
      packetsPubrecMissed: 1,
      packetsPubrelSent: 1,
    });
  });

  test('call a PUBREL of an unknown packet id missed', async () => {
    expect(await added(() => wire.ask({ cmd: 'pubrel', messageId: 4711 }, 'pubcomp'))).toEqual({
      packetsReceived: 1,
      packetsSent: 1,
      packetsPubrelReceived: 1,
      packetsPubrelMissed: 1,
      packetsPubcompSent: 1,
    });
  });

  test('call an acknowledgement missed when it comes a second time', async () => {
    const flow = async (): Promise<void> => {
      await wire.ask(publishPacket('at/1', 1, 9), 'puback');
      const { messageId } = await subscriber.next('publish');
      subscriber.write({ cmd: 'puback', messageId: messageId! }, { cmd: 'puback', messageId: messageId! });
      await subscriber.settle();
    };
    expect(await added(flow)).toMatchObject({ packetsPubackReceived: 2, packetsPubackMissed: 1 });
  });

  test('tell of a SUBSCRIBE with a refused filter as an error', async () => {
    expect(await added(() => wire.subscribe(['$share/group', 1], ['own/c', 1]))).toEqual({
      packetsReceived: 1,
      packetsSent: 1,
      packetsSubscribeReceived: 1,
      packetsSubscribeError: 1,
      packetsSubackSent: 1,
    });
  });

  test('call a PUBLISH to $SYS an error', async () => {
    const other = await connectWire(gateway, { clientId: 'pretender' });
    const flow = async (): Promise<void> => {
      other.write(publishPacket('$SYS/fake/new/clients', 0));
      await other.closed;
    };
    expect(await added(flow)).toEqual({
      packetsReceived: 1,
      packetsPublishReceived: 1,
      packetsPublishError: 1,
      messagesReceived: 1,
      messagesQos0Received: 1,
    });
  });
});

describe('the counters of a connection', () => {
  test('tell of its own packets, messages and bytes', async () => {
    const wire = await openWire(gateway);
    await wire.ask(connectPacket({ clientId: 'own', username: 'ü' }), 'connack');
    await wire.subscribe(['echo/#', 1]);
    await wire.ask(publishPacket('echo/1', 0, undefined, '中'.repeat(5000)), 'publish');
    await wire.ask(publishPacket('nobody', 2, 5), 'pubrec');
    await wire.settle();
    const row = await connectionOf(gateway, 'own');
    expect(row).toMatchObject({
      packetsReceived: 5,
      packetsSent: 5,
      messagesReceived: 2,
      messagesSent: 1,
      bytesPending: 0,
      bytesReceived: wire.socket.bytesWritten,
      bytesSent: wire.socket.bytesRead,
    });
    await wire.disconnect();
  });

  test('start at nothing with every connection', async () => {
    for (let turn = 0; turn < 2; turn++) {
      const wire = await connectWire(gateway, { clientId: 'again', clean: false });
      expect(await connectionOf(gateway, 'again')).toMatchObject({
        packetsReceived: 1,
        packetsSent: 1,
        messagesReceived: 0,
        messagesSent: 0,
        socketReads: 1,
        bytesReceived: wire.socket.bytesWritten,
        bytesSent: 4,
      });
      await wire.disconnect();
      await isOffline(gateway, 'again');
    }
  });
});

describe('the bytes of the node', () => {
  test('are those that the sockets carried, the refused and unfinished ones too', async () => {
    const before = await metricsOf(gateway);
    const accepted = await connectWire(gateway, { clientId: 'bytes' });
    await accepted.subscribe(['bytes', 2]);
    await accepted.ask(publishPacket('bytes', 1, 3, 'p'.repeat(300_000)), 'puback');
    await accepted.next('publish');
    await accepted.disconnect();
    const refused = await openWire(gateway);
    expect((await refused.ask(NAMELESS_PERSISTENT_CONNECT, 'connack')).returnCode).toBe(2);
    await refused.closed;
    expect(growth(before, await metricsOf(gateway))).toMatchObject({
      bytesReceived: accepted.socket.bytesWritten + refused.socket.bytesWritten,
      bytesSent: accepted.socket.bytesRead + refused.socket.bytesRead,
    });
  });
});
