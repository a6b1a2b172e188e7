import { statSync } from 'node:fs';
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import { type Certificate, type CertificateError, type CertificateFiles, loadCertificate } from './certificate.ts';

/** What a TLS or HTTPS server is to its certificate. */
export interface TlsServer {
  setSecureContext(options: SecureContextOptions): void;
}

/** Whether clients show a certificate; `optional` lets in those whose certificate nobody vouches for, too. */
export type ClientCertificates = 'off' | 'optional' | 'required';

export interface ServedCertificateOptions {
  readonly files: CertificateFiles;
  /** Told of each new pair that is in use. */
  readonly onReload?: (certificate: Certificate) => void;
  /** Told of a new pair that cannot be used; the old one stays. */
  readonly onFault?: (fault: CertificateError) => void;
  /** Told when the certificate expires in 14 days or less, or did: at the start, on a reload, and each day. */
  readonly onExpiring?: (expiresAt: number) => void;
  /** Milliseconds between two looks at the files; 5000 unless given. */
  readonly lookEvery?: number;
  /** Epoch milliseconds now. */
  readonly now?: () => number;
}

/** A certificate in use by servers, which follows its files. */
export interface ServedCertificate {
  /** The pair in use. */
  readonly current: Certificate;
  /** Options of a server's `createServer`; call `serve` with it then. */
  serverOptions(clients: ClientCertificates): TlsOptions;
  /** From now on the server's new handshakes use the pair in use; connections that are open keep theirs. */
  serve(server: TlsServer): void;
  /** Reads the files now, as on SIGHUP. */
  reload(): void;
  /** Looks at the files no more. */
  close(): void;
}

const DAY = 86_400_000;
/** Milliseconds before its end from which on a certificate is said to expire. */
export const EXPIRING = 14 * DAY;
const HANDSHAKE_TIMEOUT = 10_000;

/**
 * Loads a certificate and follows its files, by path, so that renames and swapped symbolic links are seen. A change is
 * read when nothing changed any more between two looks: certificate and key are seldom replaced at once. Throws a
 * CertificateError when the first pair cannot be used.
 */
export function createServedCertificate(options: ServedCertificateOptions): ServedCertificate {
  const { files, onReload, onFault, onExpiring, lookEvery = 5000, now = Date.now } = options;
  const paths = [files.cert, files.key, ...(files.ca === undefined ? [] : [files.ca])];
  const servers = new Set<TlsServer>();
  let loaded = signatureOf(paths);
  let seen = loaded;
  let current = loadCertificate(files);
  let warnedOn = -1;

  const warn = (): void => {
    const today = Math.floor(now() / DAY);
    if (today === warnedOn) return;
    warnedOn = today;
    if (current.expiresAt - now() <= EXPIRING) onExpiring?.(current.expiresAt);
  };

  const reload = (): void => {
    loaded = signatureOf(paths);
    try {
      current = loadCertificate(files);
    } catch (error) {
      onFault?.(error as CertificateError);
      return;
    }
    for (const server of servers) server.setSecureContext(current.options);
    onReload?.(current);
    warnedOn = -1;
    warn();
  };

  const look = (): void => {
    warn();
    const before = seen;
    seen = signatureOf(paths);
    if (seen === before && seen !== loaded) reload();
  };
  const timer = setInterval(look, lookEvery).unref();
  warn();

  return {
    get current() {
      return current;
    },
    serverOptions: (clients) => ({
      ...current.options,
      requestCert: clients !== 'off',
      rejectUnauthorized: clients === 'required',
      handshakeTimeout: HANDSHAKE_TIMEOUT,
    }),
    serve(server) {
      servers.add(server);
      server.setSecureContext(current.options);
    },
    reload,
    close: () => clearInterval(timer),
  };
}

/** Tells one state of the files from another; a renamed file has another inode, a rewritten one another time. */
function signatureOf(paths: readonly string[]): string {
  const states = paths.map((path) => {
    try {
      const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
      return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
    } catch {
      return 'unreadable';
    }
  });
  return states.join('\n');
}
