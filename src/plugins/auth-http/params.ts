/** What an asked server is told of a client and of what it wants. */
export interface Told {
  readonly username: string | null;
  readonly clientId: string;
  readonly ipAddress: string;
  readonly password: Buffer | null;
  /** Of its verified certificate. */
  readonly commonName: string | null;
  readonly subject: string | null;
  /** The port that it came to. */
  readonly localPort: number | null;
  /** `1` to subscribe, `2` to publish; empty when it is about a connection. */
  readonly access: '' | '1' | '2';
  readonly topic: string;
}

/** Placeholders of EMQ X 3.2, of which each fills a whole value. There are no mountpoints. */
const PLACEHOLDERS = {
  '%u': ({ username }) => username,
  '%c': ({ clientId }) => clientId,
  '%a': ({ ipAddress }) => ipAddress,
  '%P': ({ password }) => password,
  '%l': ({ localPort }) => (localPort === null ? null : String(localPort)),
  '%cn': ({ commonName }) => commonName,
  '%dn': ({ subject }) => subject,
  '%A': ({ access }) => access,
  '%t': ({ topic }) => topic,
  '%m': () => '',
} satisfies Record<string, (told: Told) => string | Buffer | null>;

type Placeholder = keyof typeof PLACEHOLDERS;

const isPlaceholder = (text: string): text is Placeholder => Object.hasOwn(PLACEHOLDERS, text);

/** A parameter and what it says; null where there is nothing to say. */
export type Param = readonly [name: string, value: string | Buffer | null];

export interface ParamTemplate {
  /** Whether some value is this placeholder. */
  has(placeholder: Placeholder): boolean;
  fill(told: Told): readonly Param[];
}

/**
 * Reads `clientid=%c,username=%u,kind=device`. Null when it is no such list: a parameter without a name or a value, a
 * name twice, or a placeholder that does not exist.
 */
export function parseParams(text: string): ParamTemplate | null {
  const pairs = new Map<string, string>();
  for (const entry of text === '' ? [] : text.split(',')) {
    const [, name, value] = /^([^=]+)=([^=]+)$/.exec(entry.trim()) ?? [];
    if (name === undefined || value === undefined || pairs.has(name)) return null;
    if (value.startsWith('%') && !isPlaceholder(value)) return null;
    pairs.set(name, value);
  }
  const values = [...pairs.values()];
  return {
    has: (placeholder) => values.includes(placeholder),
    fill: (told) =>
      Array.from(pairs, ([name, value]): Param => [name, isPlaceholder(value) ? PLACEHOLDERS[value](told) : value]),
  };
}
