const MOST_BYTES = 1024;

/**
 * Says whether somebody could have this name or secret: not empty, at most 1 KiB of UTF-8, and no lone surrogate, which
 * UTF-8 cannot tell from another. New names and secrets are shorter; the first release allowed as much as this.
 */
export function isUsable(text: string): boolean {
  return (
    text.length > 0 &&
    text.length <= MOST_BYTES &&
    Buffer.byteLength(text) <= MOST_BYTES &&
    !/\p{Surrogate}/u.test(text)
  );
}
