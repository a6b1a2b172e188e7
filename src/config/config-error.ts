/**
 * The configuration is refused. `message` is the one line that a person reads: it begins with `config: `,
 * names the key, flag or variable and where it stands, and says what is allowed. It never holds a secret.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** The line without its beginning. */
  readonly sentence: string;

  /** Settings that do not go together, the first one first to do without. */
  readonly paths: readonly string[];

  constructor(sentence: string, paths: readonly string[] = []) {
    super(`config: ${sentence}`);
    this.sentence = sentence;
    this.paths = paths;
  }
}
