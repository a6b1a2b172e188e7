import type { Config } from '../config/settings.ts';
import { loadCertificate } from '../tls/certificate.ts';

/** Reads the files that a configuration names. Throws the CertificateError that a start would throw. */
export function checkFiles({ tls }: Config): void {
  if (tls.pair !== null) loadCertificate({ ...tls.pair, ...(tls.ca === null ? {} : { ca: tls.ca }) });
}
