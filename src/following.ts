/** Answers what `make` makes of a value that is read each time, made anew only when that is another one. */
export function following<Value, Made>(read: () => Value, make: (value: Value) => Made): () => Made {
  let value = read();
  let made = make(value);
  return () => {
    const now = read();
    if (now !== value) {
      made = make(now);
      value = now;
    }
    return made;
  };
}
