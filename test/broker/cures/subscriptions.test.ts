import { expect } from 'vitest';
import { publishPacket } from '../wire.ts';
import { cure, heard, publish } from './grounds.ts';

cure(
  'a filter that was refused is not kept, and brings nothing at the next CONNECT',
  'refused, and delivered all the same',
  { hooks: { authorizeSubscribe: (_client, topicFilter) => (topicFilter === 'secret' ? 'deny' : 'ignore') } },
  async (ground) => {
    const wire = await ground.connect({ clientId: 'spy', clean: false });
    expect(await wire.subscribe(['open', 1], ['secret', 1])).toEqual([1, 128]);
    await wire.disconnect();
    await publish(ground, 'secret', 1, 'classified');
    await publish(ground, 'open', 1, 'public');
    const again = await ground.connect({ clientId: 'spy', clean: false });
    const lines = await heard(ground, again);
    expect(lines, 'refused, and delivered all the same').toEqual(['public q1']);
  },
);

cure('nobody subscribes to $SYS/# without permission', '$SYS/# was granted', {}, async (ground) => {
  const wire = await ground.connect();
  expect(await wire.subscribe(['$SYS/#', 0]), '$SYS/# was granted').toEqual([128]);
});

cure(
  'a hook with no opinion does not open $SYS/ to publishers',
  'never came: the end of the connection',
  { hooks: { authorizePublish: () => 'ignore' } },
  async (ground) => {
    const wire = await ground.connect({ clientId: 'intruder' });
    wire.write(publishPacket('$SYS/other/new/clients', 0, undefined, 'victim'));
    await ground.soon(wire.closed, 'the end of the connection');
  },
);

cure('the API unsubscribes a persistent session for good', 'the subscription came back', {}, async (ground) => {
  const wire = await ground.connect({ clientId: 'freed', clean: false });
  await wire.subscribe(['stays', 1], ['goes', 1]);
  await ground.unsubscribe('freed', 'goes');
  await wire.disconnect();
  await publish(ground, 'goes', 1, 'unwanted');
  await publish(ground, 'stays', 1, 'wanted');
  const again = await ground.connect({ clientId: 'freed', clean: false });
  const lines = await heard(ground, again);
  expect(lines, 'the subscription came back').toEqual(['wanted q1']);
});

cure(
  'a message has the lower of its QoS and the one granted to a wildcard filter [MQTT-3.8.4-6]',
  'the QoS was not lowered',
  {},
  async (ground) => {
    const wire = await ground.connect();
    expect(await wire.subscribe(['lower/+', 1])).toEqual([1]);
    await publish(ground, 'lower/a', 2, 'x');
    const { qos } = await wire.next('publish');
    expect(qos, 'the QoS was not lowered').toBe(1);
  },
);

cure(
  'overlapping filters bring a message once, with the highest QoS that was granted [MQTT-3.3.5-1]',
  'not once with QoS 2',
  {},
  async (ground) => {
    const wire = await ground.connect();
    await wire.subscribe(['over/#', 0], ['over/a', 1], ['over/+', 2], ['+/a', 0]);
    await publish(ground, 'over/a', 2, 'x');
    const lines = await heard(ground, wire);
    expect(lines, 'not once with QoS 2').toEqual(['x q2']);
  },
);

cure(
  'a retained message has the lower of its QoS and the one granted',
  'the QoS was not lowered',
  {},
  async (ground) => {
    const publisher = await ground.connect({ clientId: 'publisher' });
    await publisher.ask({ ...publishPacket('kept/a', 1, 1), retain: true }, 'puback');
    const wire = await ground.connect();
    await wire.subscribe(['kept/+', 0]);
    const { qos } = await wire.next('publish');
    expect(qos, 'the QoS was not lowered').toBe(0);
  },
);
