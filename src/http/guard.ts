import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { following } from '../following.ts';
import { badInput, shown } from '../refusals.ts';

/** Read with each request. */
export interface GuardOptions {
  /** Names under which the server is reached, such as that of its machine; ports do not matter. */
  readonly allowedHosts: readonly string[];
  /** Origins of other pages that may call, as `https://dashboard.example:8443`. */
  readonly allowedOrigins: readonly string[];
}

/** Says in a sentence why a request with these headers, or an upgrade, is answered 403; null when it may pass. */
export type Guard = (headers: IncomingHttpHeaders, isTls: boolean) => string | null;

const HOST = /^(\[[^\]]+\]|[^:[\]]+)(?::\d*)?$/;

/**
 * Keeps pages of other sites out, which a browser lets call with what it knows of its user. A Host must be localhost,
 * an IP address or configured: with any other name, a stranger's page could make itself of the same origin (DNS
 * rebinding). An Origin must be that of the server or configured; `null` is foreign. What has neither, and no
 * Sec-Fetch-Site, is a program and may pass. Throws BAD_USER_INPUT for an origin that is none.
 */
export function createGuard(options: GuardOptions): Guard {
  const hosts = following(
    () => options.allowedHosts,
    (names) => new Set(['localhost', ...names.map((host) => host.toLowerCase())]),
  );
  const origins = following(() => options.allowedOrigins, parseOrigins);

  return ({ host, origin, 'sec-fetch-site': site }, isTls) => {
    if (host !== undefined && !isKnown(host.toLowerCase(), hosts())) {
      return `host '${shown(host)}' is not known to this server`;
    }
    if (origin !== undefined) {
      const isOurs = host !== undefined && origin.toLowerCase() === originOf(host, isTls);
      return isOurs || origins().has(origin.toLowerCase())
        ? null
        : `origin '${shown(origin)}' is foreign to this server`;
    }
    return site === 'cross-site' ? 'the request comes from a page of another site' : null;
  };
}

/** Whether a request comes from a page of this server, or from no page: a proxy in front may speak another scheme. */
export function isOwnPage({ host = '', origin }: IncomingHttpHeaders): boolean {
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  const own = `${page.protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === page.host;
}

/** Origins as browsers write them: lower case, without the port that their scheme implies. Throws BAD_USER_INPUT. */
export function parseOrigins(origins: readonly string[]): ReadonlySet<string> {
  return new Set(
    origins.map((text) => {
      const url = URL.canParse(text) ? new URL(text) : null;
      const isOrigin = url !== null && url.origin !== 'null' && `${url.origin}/` === url.href;
      if (!isOrigin) throw badInput('origin', text, 'a scheme and a host as https://dashboard.example');
      return url.origin;
    }),
  );
}

function isKnown(host: string, hosts: ReadonlySet<string>): boolean {
  // A port that is none would be a fault of everything that reads the host later.
  if (!URL.canParse(`http://${host}`)) return false;
  const name = HOST.exec(host)?.[1] ?? '';
  return hosts.has(name) || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
}

function originOf(host: string, isTls: boolean): string {
  const origin = `${isTls ? 'https' : 'http'}://${host}`.toLowerCase();
  const implied = isTls ? ':443' : ':80';
  return origin.endsWith(implied) ? origin.slice(0, -implied.length) : origin;
}
