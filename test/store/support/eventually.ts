import { expect } from 'vitest';

/** Asserts on what is read again and again until it fits. */
export const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 15_000 });

/** Waits until something is true, without the passing of time that tests may have stopped. */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}
