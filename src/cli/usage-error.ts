/** The command line is no sentence of the program. `message` says why, `usage` is the line that shows how it is written. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly usage: string;

  constructor(message: string, usage: string) {
    super(message);
    this.usage = usage;
  }
}
