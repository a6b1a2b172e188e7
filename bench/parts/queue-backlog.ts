import { type Arena, inField, usualBrokers } from '../arena.ts';
import type { Contender, Field } from '../brokers/field.ts';
import { forgetPeak, memory, peakMemory } from '../brokers/process-figures.ts';
import { figure, printTable } from '../table.ts';
import { Link } from '../wire/link.ts';
import { OfflineSession } from '../wire/offline-session.ts';
import { publishInWindow } from '../wire/window.ts';

const MESSAGES = 100_000;
const SIZE = 256;
const IN_FLIGHT = 500;

const COLUMNS = ['broker', 'killed', 'start ms', 'arrived', 'out of order', 'read s', '/s', 'before MiB', 'peak MiB'];

/** Fills a session, kills the broker unless it keeps nothing, and reads the session. */
async function readBacklog(field: Field, contender: Contender): Promise<string[]> {
  const isKilled = contender.broker.name === 'brokerql';
  const session = await OfflineSession.create(contender.running.port, 'away', 'backlog');
  const link = await Link.open(contender.running.port, { clientId: 'publisher', clean: true });
  await publishInWindow([link], { topic: 'backlog', size: SIZE }, IN_FLIGHT, { messages: MESSAGES });
  await link.close();

  const start = isKilled ? figure(await field.restart(contender, 'SIGKILL')) : '-';
  await field.quiet();
  const { pid, port } = contender.running;
  // Of a process that was restarted the peak is that of its whole life.
  if (!isKilled) forgetPeak(pid);
  const before = memory(pid);
  let expected = 0;
  let outOfOrder = 0;
  const onPayload = (bytes: Buffer, at: number): void => {
    const number = bytes.readUInt32BE(at);
    if (number !== expected) outOfOrder += 1;
    expected = number + 1;
  };
  let time: number | null = null;
  let fault = '';
  try {
    time = (await session.read(port, MESSAGES, { onPayload })).all / 1000;
  } catch (error) {
    fault = (error as Error).message;
  }
  if (fault !== '') process.stdout.write(`backlog: ${contender.broker.name}: ${fault}\n`);
  return [
    contender.broker.name,
    isKilled ? 'yes' : 'no',
    start,
    String(session.received),
    String(outOfOrder),
    ...(time === null ? ['-', '-'] : [figure(time), figure(MESSAGES / time)]),
    figure(before),
    figure(peakMemory(pid)),
  ];
}

/** A backlog that arrives at a client that comes back: after the broker was killed, where the broker is ours. */
export async function backlog(arena: Arena): Promise<void> {
  const rows: string[][] = [];
  for (const broker of usualBrokers()) {
    rows.push(await inField(arena, async (field) => readBacklog(field, await field.start(broker))));
  }
  printTable(`queue: a backlog of ${MESSAGES} messages of ${SIZE} bytes arrives at its client`, COLUMNS, rows);
}
