import type { Series } from '../exposition/exposition.ts';

/** Bytes of a datagram that no network on the way has to split. */
const DATAGRAM = 1400;

const safe = (word: string | number): string => String(word).replace(/[^A-Za-z0-9_-]/g, '_');

/**
 * Series as lines of StatsD: a gauge with its value, a counter with what came to it since the lines before. Labels
 * become parts of the name, in their order. Durations by buckets are left out: StatsD has none.
 */
export class StatsdLines {
  readonly #prefix: string;
  readonly #before = new Map<string, number>();

  constructor(prefix: string) {
    this.#prefix = prefix === '' ? '' : `${prefix.replace(/\.+$/, '')}.`;
  }

  lines(all: readonly Series[]): string[] {
    return all.flatMap(({ name, type, values }) => {
      // prom-client says so in words, whatever its types have.
      const kind = String(type);
      if (kind !== 'counter' && kind !== 'gauge') return [];
      return values.flatMap(({ value, labels }) => {
        const path =
          this.#prefix + [name.replace(/^brokerql_/, 'brokerql.'), ...Object.values(labels).map(wordOf)].join('.');
        return kind === 'gauge' ? [`${path}:${value}|g`] : this.#added(path, value);
      });
    });
  }

  #added(path: string, value: number): string[] {
    const added = value - (this.#before.get(path) ?? 0);
    this.#before.set(path, value);
    return added > 0 ? [`${path}:${added}|c`] : [];
  }
}

const wordOf = (label: string | number | undefined): string => safe(label ?? '');

/** Lines as the bytes of datagrams, as many in each as there is room for. */
export function datagrams(lines: readonly string[]): string[] {
  const all: string[] = [];
  let open = '';
  for (const line of lines) {
    if (open !== '' && open.length + 1 + line.length > DATAGRAM) {
      all.push(open);
      open = '';
    }
    open = open === '' ? line : `${open}\n${line}`;
  }
  return open === '' ? all : [...all, open];
}
