/** A row that a path leads to, with the parameters of the path. */
export interface Match<Row> {
  readonly row: Row;
  readonly path: Readonly<Record<string, string>>;
}

interface Target<Row> {
  readonly row: Row;
  /** Parameters, in the order of the path. */
  readonly names: readonly string[];
}

interface Step<Row> {
  readonly literals: Map<string, Step<Row>>;
  parameter: Step<Row> | null;
  readonly rows: Map<string, Target<Row>>;
}

const createStep = <Row>(): Step<Row> => ({ literals: new Map(), parameter: null, rows: new Map() });

/** EMQ X compares segment by segment and drops empty ones: extra slashes never matter. */
const segmentsOf = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

/** Parameters that name a node, plugin or application of the cluster; the contract decodes them on no row. */
const RAW = new Set(['node', 'plugin', 'app']);

/**
 * Finds the row for a method and a path. Literal segments are compared undecoded and go before parameters;
 * parameters are decoded, but for names of nodes and where the row says that its own are not.
 */
export class Routes<Row extends { readonly method: string; readonly path: string; readonly isRaw?: true }> {
  readonly #root: Step<Row> = createStep();

  constructor(rows: readonly Row[]) {
    for (const row of rows) {
      const names: string[] = [];
      let step = this.#root;
      for (const segment of segmentsOf(row.path)) {
        if (segment.startsWith(':')) {
          names.push(segment.slice(1));
          step.parameter ??= createStep();
          step = step.parameter;
        } else {
          const next = step.literals.get(segment) ?? createStep<Row>();
          step.literals.set(segment, next);
          step = next;
        }
      }
      step.rows.set(row.method, { row, names });
    }
  }

  /** The match; null when no row has this method and path. Throws a URIError for a malformed escape. */
  find(method: string, path: string): Match<Row> | null {
    const segments = segmentsOf(path);
    const values: string[] = [];
    const walk = (step: Step<Row>, depth: number): Match<Row> | null => {
      const segment = segments[depth];
      if (segment === undefined) {
        const found = step.rows.get(method);
        return found ? { row: found.row, path: bind(found, values) } : null;
      }
      const literal = step.literals.get(segment);
      const match = literal ? walk(literal, depth + 1) : null;
      if (match || !step.parameter) return match;
      values.push(segment);
      const behind = walk(step.parameter, depth + 1);
      if (!behind) values.pop();
      return behind;
    };
    return walk(this.#root, 0);
  }
}

function bind({ row, names }: Target<{ readonly isRaw?: true }>, values: readonly string[]): Record<string, string> {
  const path: Record<string, string> = {};
  for (const [i, name] of names.entries()) {
    path[name] = row.isRaw || RAW.has(name) ? values[i]! : decodeURIComponent(values[i]!);
  }
  return path;
}
