import { type Arena, inField, usualBrokers } from '../arena.ts';
import type { Broker } from '../brokers/broker.ts';
import { sizeOf } from '../folder.ts';
import { figure, printTable, ratio } from '../table.ts';
import { Link } from '../wire/link.ts';
import { OfflineSession } from '../wire/offline-session.ts';
import { publishInWindow } from '../wire/window.ts';

const CYCLES = 20;
const WARM_UPS = 3;
const FIRST = 1000;
const SIZE = 256;
const IN_FLIGHT = 500;
const SHOWN = [1, 2, 5, 10, 15, 20];

interface Cycle {
  /** Milliseconds from the CONNECT to the first thousand messages, and to all of them. */
  readonly first: number;
  readonly all: number;
  /** Bytes of the broker's folder, when the queue was full and when it was read. */
  readonly full: number;
  readonly read: number;
}

const fillAndRead = (arena: Arena, broker: Broker, messages: number): Promise<Cycle[]> =>
  inField(arena, async (field) => {
    const { running, folder } = await field.start(broker);
    const cyclesOf = async (name: string, count: number): Promise<Cycle[]> => {
      const session = await OfflineSession.create(running.port, name, name);
      const cycles: Cycle[] = [];
      for (let cycle = 0; cycle < count; cycle += 1) {
        const link = await Link.open(running.port, { clientId: 'publisher', clean: true });
        await publishInWindow([link], { topic: name, size: SIZE }, IN_FLIGHT, { messages });
        await link.close();
        const full = sizeOf(folder);
        await field.quiet();
        const { first, all } = await session.read(running.port, messages, { first: FIRST });
        cycles.push({ first, all, full, read: sizeOf(folder) });
      }
      return cycles;
    };
    // A session of its own for the compiler: what becomes slower must not hide behind what it makes faster.
    await cyclesOf('warm-up', WARM_UPS);
    return cyclesOf('cycle', CYCLES);
  });

const mebibytes = (bytes: number): string => figure(bytes / 2 ** 20);

/** A queue that is filled and read again and again reads as fast as the first time. */
export async function cycles(arena: Arena): Promise<void> {
  const messages = arena.isQuick ? 5000 : 20_000;
  const rows: string[][] = [];
  for (const broker of usualBrokers()) {
    const all = await fillAndRead(arena, broker, messages);
    rows.push(
      ...SHOWN.map((number) => {
        const { first, all: whole, full, read } = all[number - 1]!;
        const against = ratio(first / all[0]!.first);
        return [broker.name, String(number), figure(first), against, figure(whole), mebibytes(full), mebibytes(read)];
      }),
    );
  }
  printTable(
    `queue: filled with ${messages} messages of ${SIZE} bytes and read, ${CYCLES} times`,
    ['broker', 'cycle', `first ${FIRST} ms`, 'ratio', 'all ms', 'folder full MiB', 'folder read MiB'],
    rows,
  );
}
