import { type Arena, compare, costOf, inField, rateColumns, rates, usualBrokers } from '../arena.ts';
import { type Load, SIZE, Stage } from '../stage.ts';
import { printTable } from '../table.ts';

const WAYS = [
  { subscribers: 1, burst: 1000 },
  { subscribers: 1, burst: 1 },
  { subscribers: 100, burst: 100 },
  { subscribers: 100, burst: 1 },
];

const LOADS: Load[] = [
  ...([0, 1] as const).flatMap((qos) => WAYS.map((way) => ({ ...way, qos, clean: true }))),
  ...([0, 1] as const).flatMap((qos) => WAYS.slice(0, 2).map((way) => ({ ...way, qos, clean: false }))),
];

/** Messages of 100 bytes from one publisher to subscribers that are there. */
export async function live(arena: Arena): Promise<void> {
  await inField(arena, async (field) => {
    for (const broker of usualBrokers()) await field.start(broker);
    const rows: string[][] = [];
    for (const [number, load] of LOADS.entries()) {
      const sides = await Promise.all(
        field.contenders.map(async (contender) => {
          const stage = new Stage(load, number);
          await stage.open(contender.running.port);
          return { contender, stage };
        }),
      );
      const results = await compare(field, sides, arena.effort, ({ contender, stage }) =>
        costOf(contender, () => stage.run(arena.effort.milliseconds)),
      );
      for (const { contender, stage } of sides) await stage.close(contender.running.port);
      const { qos, subscribers, burst, clean } = load;
      rows.push([String(qos), clean ? 'clean' : 'persistent', String(subscribers), String(burst), ...rates(results)]);
    }
    const names = field.contenders.map(({ broker }) => broker.name);
    printTable(
      `live: one publisher, ${SIZE} bytes; messages received by subscribers a second`,
      ['QoS', 'session', 'subscribers', 'at once', ...rateColumns(names)],
      rows,
    );
  });
}
