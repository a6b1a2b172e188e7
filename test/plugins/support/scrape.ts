/** Series of one name. */
export interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: Map<string, number>;
}

/** Reads the text format as Prometheus does. Throws where it would. */
export function parse(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  let open: { name: string; help: string } | null = null;
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const help = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line);
    const type = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/.exec(line);
    if (help) {
      open = { name: help[1]!, help: help[2]! };
      if (families.has(open.name)) throw new Error(`${open.name} is there twice`);
    } else if (type) {
      if (!open || open.name !== type[1]) throw new Error(`no help before ${line}`);
      families.set(open.name, { type: type[2]!, help: open.help, samples: new Map() });
    } else {
      const sample =
        /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*\})? (-?[0-9.e+-]+|\+Inf|NaN)$/.exec(line);
      if (!sample || !open) throw new Error(`no sample: ${line}`);
      const family = families.get(sample[1]!) ?? families.get(sample[1]!.replace(/_(bucket|sum|count)$/, ''));
      const key = sample[1]! + (sample[2] ?? '');
      if (!family || family.samples.has(key)) throw new Error(`out of place: ${line}`);
      family.samples.set(key, Number(sample[3]));
    }
  }
  return families;
}

/** The values of a scrape by their series, `name{label="value"}`. */
export const samplesOf = (text: string): Map<string, number> =>
  new Map([...parse(text).values()].flatMap(({ samples }) => [...samples]));
