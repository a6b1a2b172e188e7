import { scryptSync } from 'node:crypto';
import type { Derive } from '../../../src/access/derivation.ts';

/** A cheap derivation of keys. */
export const derive: Derive = async (secret, salt) => scryptSync(secret, salt, 32, { N: 2 });

/** A cheap derivation that tells the secrets it was asked for. */
export function countedDerivation() {
  const calls: string[] = [];
  const counted: Derive = (secret, ...rest) => {
    calls.push(secret);
    return derive(secret, ...rest);
  };
  return { calls, derive: counted };
}

/** A derivation that ends when it is let go, and tells how many run. */
export function heldDerivation() {
  const running: (() => void)[] = [];
  let arrived: () => void = () => {};
  let most = 0;
  const held: Derive = async (...parts) => {
    await new Promise<void>((release) => {
      running.push(release);
      most = Math.max(most, running.length);
      arrived();
    });
    return derive(...parts);
  };
  /** Waits until one runs, and answers what lets the eldest go. */
  const eldest = async (): Promise<() => void> => {
    for (;;) {
      const release = running.shift();
      if (release !== undefined) return release;
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    }
  };
  const release = async (): Promise<void> => (await eldest())();
  return { derive: held, running, most: () => most, eldest, release };
}
