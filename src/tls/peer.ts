import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';

/** What is known of the client at the other end of a socket by its certificate. */
export interface TlsPeer {
  /** `UNVERIFIED`: there is a certificate, and it is expired or not signed by the configured CA. */
  readonly state: 'NO_TLS' | 'NOT_PRESENTED' | 'VERIFIED' | 'UNVERIFIED';
  /** The subject's common name; null unless the certificate is verified and has exactly one. */
  readonly commonName: string | null;
  /** The subject as RFC 4514 writes it, `CN=meter-7,O=Acme`; null unless the certificate is verified. */
  readonly subject: string | null;
  /** SHA-256 of the certificate as `AB:CD:…`; null when there is none. */
  readonly fingerprint: string | null;
}

/** The client certificate of a socket, from the server's end. Of a TLS socket that is known once its handshake is done. */
export function peerOf(socket: Duplex): TlsPeer {
  const unknown = { commonName: null, subject: null };
  if (!(socket instanceof TLSSocket)) return { state: 'NO_TLS', ...unknown, fingerprint: null };
  const { subject, fingerprint256 } = socket.getPeerCertificate() ?? {};
  if (fingerprint256 === undefined) return { state: 'NOT_PRESENTED', ...unknown, fingerprint: null };
  if (!socket.authorized) return { state: 'UNVERIFIED', ...unknown, fingerprint: fingerprint256 };
  const name: unknown = subject?.CN;
  return {
    state: 'VERIFIED',
    commonName: typeof name === 'string' ? name : null,
    subject: subjectOf(socket),
    fingerprint: fingerprint256,
  };
}

/** Node.js writes a part of the name on each line, escaped already, the last one first in RFC 4514. */
function subjectOf(socket: TLSSocket): string | null {
  const lines = socket.getPeerX509Certificate()?.subject?.split('\n') ?? [];
  return lines.length === 0 ? null : lines.reverse().join(',');
}
