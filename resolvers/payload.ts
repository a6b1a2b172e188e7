import { isUtf8 } from 'node:buffer';
import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';
import { BrokerError } from '../src/domain.ts';

/** Bytes of payloads that one answer shows. */
const MOST_SHOWN = 16 * 1024 * 1024;

/** Levels of a JSON value: the answer is written by recursion, which has an end. */
const DEEPEST = 100;

/** The text of a payload; null when its bytes are no UTF-8. */
export const textOf = (payload: Buffer): string | null => (isUtf8(payload) ? payload.toString() : null);

/** The JSON value of a payload; null when its text is none, or one that is nested too deep. */
export function jsonOf(payload: Buffer): unknown {
  const text = textOf(payload);
  if (text === null || isDeep(payload)) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Whether brackets and braces outside of strings are open more than `DEEPEST` at once. */
function isDeep(text: Buffer): boolean {
  let depth = 0;
  let isString = false;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at]!;
    if (isString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) isString = false;
    } else if (byte === QUOTE) isString = true;
    // [ and { are 0x5b and 0x7b, their ends 0x5d and 0x7d.
    else if ((byte | 0x20) === 0x7b && ++depth > DEEPEST) return true;
    else if ((byte | 0x20) === 0x7d) depth--;
  }
  return false;
}

/** Bytes that the answer of one execution shows already. Its variables are the one object that is its own. */
const shown = new WeakMap<object, number>();

/**
 * Counts a payload towards what one answer may show, once for every field below that spells it. Refuses with
 * LIMIT_EXCEEDED; the field is not nullable, so that the answer has this one error and no part of a page.
 */
export function chargePayload(bytes: number, info: GraphQLResolveInfo): void {
  const sum = (shown.get(info.variableValues) ?? 0) + bytes * spellings(info);
  shown.set(info.variableValues, sum);
  if (sum <= MOST_SHOWN) return;
  throw new BrokerError(
    'LIMIT_EXCEEDED',
    `the answer would show more than ${MOST_SHOWN} bytes of payloads, which is the limit; ask for fewer at once`,
    { argument: 'payload', value: sum },
  );
}

/** Of a selection, which all rows of a list share. */
const counted = new WeakMap<object, number>();

function spellings({ fieldNodes, fragments }: GraphQLResolveInfo): number {
  const known = counted.get(fieldNodes);
  if (known !== undefined) return known;
  const inFragments = new Map<string, number>();
  const countOf = ({ selections }: SelectionSetNode): number =>
    selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + (['size', '__typename'].includes(selection.name.value) ? 0 : 1);
      if (selection.kind === Kind.INLINE_FRAGMENT) return sum + countOf(selection.selectionSet);
      const name = selection.name.value;
      const fragment = fragments[name];
      if (fragment && !inFragments.has(name)) inFragments.set(name, countOf(fragment.selectionSet));
      return sum + (inFragments.get(name) ?? 0);
    }, 0);
  const count = fieldNodes.reduce((sum, { selectionSet }) => sum + (selectionSet ? countOf(selectionSet) : 0), 0);
  counted.set(fieldNodes, count);
  return count;
}
