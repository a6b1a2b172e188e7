import type { Setting } from './setting.ts';

const LONGEST_COMPARED = 64;

/** The three names nearest to a mistyped one, nearest first; ties keep the order of `known`. */
export function nearest(name: string, known: readonly string[]): readonly string[] {
  const typed = name.slice(0, LONGEST_COMPARED);
  return known
    .map((candidate) => ({ candidate, distance: editDistance(typed, candidate) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/**
 * The setting that a name means although no source knows it by that name: `--app-secret` and
 * `BROKERQL_MQTT_WS_PORT` (given here without dashes and prefix) mean `app.secret` and `mqtt.ws_port`.
 */
export function settingMeantBy(name: string, rows: readonly Setting<unknown>[]): Setting<unknown> | undefined {
  const plain = name.toLowerCase().replaceAll('-', '_');
  return rows.find((row) => row.path.replaceAll('.', '_') === plain);
}

/** Says where a setting can be given: `app.secret is set in the file or by BROKERQL_APP_SECRET`. */
export function waysToSet(row: Setting<unknown>): string {
  const ways = [row.env, row.flag].filter((name) => name !== null);
  return `${row.path} is set in the file${ways.length === 0 ? ' only' : ` or by ${ways.join(' or ')}`}`;
}

/** Insertions, deletions and replacements between two names (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
