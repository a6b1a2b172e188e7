import { randomInt } from 'node:crypto';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Answers letters and digits that cannot be guessed, 5.95 bits in each. */
export function randomText(length: number): string {
  return Array.from({ length }, () => BASE62[randomInt(BASE62.length)]).join('');
}

/** Answers a secret that a person can copy: 24 letters and digits. */
export const randomSecret = (): string => randomText(24);
