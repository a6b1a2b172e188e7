import { BanTable } from '../../src/bans/ban-table.ts';
import type { BanKind, NewBan } from '../../src/domain.ts';
import { takeTurns } from '../contest.ts';
import { type House, openHouse } from '../house.ts';
import type { Bench } from '../matchup.ts';
import { median } from '../median.ts';
import { figure, printTable, ratio } from '../table.ts';

const BANS = 100_000;
const IN_FLIGHT = 8;
const PUT_AT_ONCE = 1000;
const LOOKS = 100_000;
/** A CONNECT is slow, and its time scatters. */
const STRETCH = 5;

/** Names, addresses of IPv4 and IPv6, and ranges of 8 and 16 lengths; no two alike, and none of the loopback. */
function nthBan(i: number): NewBan {
  const byte = (shift: number): number => (i >> shift) & 255;
  const number = Math.floor(i / 10);
  const ipv4 = `11.${byte(16)}.${byte(8)}.${byte(0)}`;
  const ipv6 = `2001:db8:${byte(16)}:${(i & 0xffff).toString(16)}::1`;
  // The length is told by the first byte, so that no range is another's spelling.
  const length = number % 16;
  const range4 = `${140 + length}.${(number >> 8) & 255}.${number & 255}.0/${24 + (length % 8)}`;
  const range6 = `2001:${length}:${number.toString(16)}::/${48 + length}`;
  const kinds: readonly (readonly [BanKind, string])[] = [
    ['CLIENT_ID', `banned-${i}`],
    ['CLIENT_ID', `plant/${i}/sensor`],
    ['USERNAME', `nobody-${i}`],
    ['IP_ADDRESS', i % 2 ? ipv4 : ipv6],
    ['IP_ADDRESS', i % 2 ? range4 : range6],
  ];
  const [as, who] = kinds[i % kinds.length]!;
  return { as, who, reason: 'measured', by: 'bench', desc: null, until: i % 3 ? null : Date.now() + 86_400_000 + i };
}

async function ban({ domain }: House): Promise<number> {
  for (let at = 0; at < BANS; at += PUT_AT_ONCE) {
    await domain.createBans(
      Array.from({ length: PUT_AT_ONCE }, (_, i) => nthBan(at + i)),
      null,
    );
  }
  const page = await domain.bans({ page: { page: 1, limit: 1, after: null }, filter: {} });
  return page.meta.count;
}

/** Nanoseconds that a look for a client takes which nobody banned, in a table of so many bans. */
function lookTime(count: number, rounds: number): number {
  const table = new BanTable();
  for (let i = 0; i < count; i += 1) table.set({ ...nthBan(i), createdAt: 0 });
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    for (let i = 0; i < LOOKS; i += 1) {
      const client = { clientId: `c-${i}`, username: `u-${i}`, ipAddress: `127.0.${i & 255}.${(i >> 8) & 255}` };
      if (table.match(client, 0)) throw new Error(`${client.clientId} is banned`);
    }
    times.push(((performance.now() - start) * 1e6) / LOOKS);
  }
  return median(times);
}

/**
 * What a CONNECT costs a broker without bans, and one with very many: connection, CONNECT, CONNACK, end. A second broker
 * without bans tells how much of the difference is noise.
 */
export async function bans({ load, effort }: Bench): Promise<void> {
  const sides = [await openHouse(), await openHouse(), await openHouse()] as const;
  try {
    const counts = [0, 0, await ban(sides[2])];
    const turn = ({ mqtt }: House) =>
      load.arrive({ port: mqtt.port, inFlight: IN_FLIGHT, milliseconds: effort.milliseconds * STRETCH });
    // Two rounds are for the compiler.
    for (const side of [...sides, ...sides]) await turn(side);
    const results = await takeTurns(sides, effort.rounds, turn);
    printTable(
      'bans: a connection with its CONNECT, among bans by client id, user name, address and range',
      ['bans', 'µs', 'ratio', 'cpu µs', 'ratio', 'of which the look µs'],
      results.map(({ time, cpu, ratio: against }, i) => [
        String(counts[i]),
        figure(time),
        ratio(against.time),
        figure(cpu),
        ratio(against.cpu),
        figure(lookTime(counts[i]!, effort.rounds) / 1000),
      ]),
    );
  } finally {
    for (const side of sides) await side.close();
  }
}
