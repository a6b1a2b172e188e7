// Besides control characters: what ends a line for some readers, and what turns the direction of a text.
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * Answers text that can be shown in one line: at most `most` bytes of UTF-8, what is cut off told by an ellipsis, and
 * unsafe characters escaped as `\u000a`.
 */
export function safeText(text: string, most = 1024): string {
  // Cut before it is escaped as well: a megabyte costs a megabyte's time.
  const safe = text.slice(0, most).replace(UNSAFE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (text.length <= most && Buffer.byteLength(safe) <= most) return safe;
  const room = Buffer.alloc(most - Buffer.byteLength('…'));
  const { read } = new TextEncoder().encodeInto(safe, room);
  return `${safe.slice(0, read)}…`;
}
