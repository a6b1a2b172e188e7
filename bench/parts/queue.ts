import { type Arena, compare, costOf, inField, rateColumns, rates } from '../arena.ts';
import { bareAedes } from '../brokers/bare-aedes.ts';
import type { Broker } from '../brokers/broker.ts';
import { BUILT, brokerql, hasSetting } from '../brokers/brokerql.ts';
import type { Contender, Field } from '../brokers/field.ts';
import { MOSQUITTO_SETTINGS, mosquitto } from '../brokers/mosquitto.ts';
import { measureFsync, memoryFileSystem } from '../folder.ts';
import { figure, printTable } from '../table.ts';
import { Link } from '../wire/link.ts';
import { OfflineSession } from '../wire/offline-session.ts';
import { publishInWindow } from '../wire/window.ts';
import { backlog } from './queue-backlog.ts';
import { cycles } from './queue-cycles.ts';

const SIZE = 256;

const LOADS = [
  { publishers: 1, inFlight: 1 },
  { publishers: 1, inFlight: 100 },
  { publishers: 100, inFlight: 10 },
];

/** brokerql with `durability: disk`, and the reason when it cannot be measured. */
function synced(folder: string): { broker: Broker } | { why: string } {
  if (!hasSetting(BUILT, 'BROKERQL_DURABILITY')) return { why: 'this build has no setting `durability`' };
  const memory = memoryFileSystem(folder);
  if (memory !== null) return { why: `${folder} is ${memory}, which no fsync makes durable; name a disk by --data` };
  return { broker: brokerql(BUILT, { name: 'disk', env: { BROKERQL_DURABILITY: 'disk' } }) };
}

interface Side {
  readonly contender: Contender;
  readonly session: OfflineSession;
  readonly links: readonly Link[];
}

async function open(contender: Contender, publishers: number): Promise<Side> {
  const { port } = contender.running;
  const session = await OfflineSession.create(port, 'away', 'queue');
  const links = Array.from({ length: publishers }, (_, i) => Link.open(port, { clientId: `p-${i}`, clean: true }));
  return { contender, session, links: await Promise.all(links) };
}

async function measureRates(arena: Arena, field: Field): Promise<void> {
  const { milliseconds } = arena.effort;
  const rows: string[][] = [];
  for (const { publishers, inFlight } of LOADS) {
    const sides: Side[] = [];
    for (const contender of field.contenders) sides.push(await open(contender, publishers));
    const results = await compare(field, sides, arena.effort, async ({ contender, session, links }) => {
      let queued = 0;
      const cost = await costOf(contender, async () => {
        const published = await publishInWindow(links, { topic: 'queue', size: SIZE }, inFlight, { milliseconds });
        queued = published.messages;
        return published;
      });
      // No turn finds more in the queue than another.
      await session.read(contender.running.port, queued);
      return cost;
    });
    for (const { links } of sides) await Promise.all(links.map((link) => link.close()));
    rows.push([String(publishers), String(inFlight), ...rates(results)]);
  }
  const names = field.contenders.map(({ broker }) => broker.name);
  printTable(
    `queue: QoS 1, ${SIZE} bytes, to a persistent session whose client is away; PUBACKs a second`,
    ['publishers', 'in flight', ...rateColumns(names)],
    rows,
  );
}

/** QoS 1 to a persistent session whose client is away: what it costs to fill it, to keep it and to read it. */
export async function queue(arena: Arena): Promise<void> {
  const say = (line: string): boolean => process.stdout.write(`${line}\n`);
  await inField(arena, async (field) => {
    const disk = synced(field.root);
    const other = mosquitto();
    const { p50, p99 } = await measureFsync(field.root);
    say(`queue: fdatasync of 4 KiB in ${field.root}: p50 ${figure(p50)} ms, p99 ${figure(p99)} ms`);
    if ('why' in disk) say(`queue: durability disk is not measured: ${disk.why}`);
    if (other) say(`queue: ${MOSQUITTO_SETTINGS}`);
    const own = brokerql(BUILT, { name: 'os' });
    const brokers = [bareAedes(), own, ...('broker' in disk ? [disk.broker] : []), ...(other ? [other] : [])];
    for (const broker of brokers) await field.start(broker);
    await measureRates(arena, field);
  });
  await backlog(arena);
  await cycles(arena);
}
