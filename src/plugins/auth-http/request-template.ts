import type { OutboundRequest } from '../../net/outbound.ts';
import { type Param, type ParamTemplate, parseParams, type Told } from './params.ts';

/** Settings of one kind of request, as EMQ X 3 has them. */
export interface RequestSettings {
  readonly url: string;
  readonly method: 'get' | 'post';
  readonly contentType: 'x-www-form-urlencoded' | 'json';
  readonly params: string;
}

/** What is asked, made of settings and of what a client said. */
export interface RequestTemplate {
  readonly origin: string;
  readonly params: ParamTemplate;
  /** Null when the parameters cannot be written: a password in JSON that is no UTF-8. */
  fill(told: Told): OutboundRequest | null;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Bytes that stand for themselves (RFC 3986, 2.3). */
const UNRESERVED = /[A-Za-z0-9\-._~]/;

/** Writes each byte so that it is nothing but data, in a query as in a form; a password is any bytes. */
const ESCAPED: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  return UNRESERVED.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
});

const escaped = (value: string | Buffer): string => {
  let text = '';
  for (const byte of Buffer.from(value as string)) text += ESCAPED[byte];
  return text;
};

const pairsOf = (params: readonly Param[]): string =>
  params.map(([name, value]) => `${escaped(name)}=${escaped(value ?? '')}`).join('&');

function jsonOf(params: readonly Param[]): string | null {
  try {
    const plain = params.map(([name, value]) => [
      name,
      typeof value === 'string' ? value : UTF8.decode(value ?? undefined),
    ]);
    return JSON.stringify(Object.fromEntries(plain));
  } catch {
    return null;
  }
}

/** `headers` go with every request. The settings are checked. */
export function createTemplate(
  { url, method, contentType, params: text }: RequestSettings,
  headers: Readonly<Record<string, string>>,
): RequestTemplate {
  const target = new URL(url);
  const params = parseParams(text);
  if (!params) throw new Error(`the parameters '${text}' cannot be read`);
  const { origin } = target;
  if (method === 'get') {
    return {
      ...{ origin, params },
      fill(told) {
        const filled = new URL(target);
        const added = pairsOf(params.fill(told));
        filled.search = filled.search === '' ? added : `${filled.search}&${added}`;
        return { method: 'GET', url: filled, headers };
      },
    };
  }
  const typed = { ...headers, 'content-type': `application/${contentType}` };
  return {
    ...{ origin, params },
    fill(told) {
      const values = params.fill(told);
      const body = contentType === 'json' ? jsonOf(values) : pairsOf(values);
      return body === null ? null : { method: 'POST', url: target, headers: typed, body };
    },
  };
}
