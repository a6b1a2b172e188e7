/** A command is understood and declined; `message` is the one line that a person reads. It never holds a secret. */
export class CommandRefusal extends Error {
  override readonly name = 'CommandRefusal';
}
