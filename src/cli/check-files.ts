import { originOf } from '../config/parse-config.ts';
import type { Config } from '../config/settings.ts';
import { shippedTables } from '../plugins/index.ts';
import { loadCertificate } from '../tls/certificate.ts';

/**
 * Reads the files that a configuration names, and what it says of plugins. Throws the CertificateError or ConfigError
 * that a start would throw.
 */
export function checkFiles(config: Config): void {
  const { pair, ca } = config.tls;
  originOf(config).plugins(shippedTables());
  if (pair !== null) loadCertificate({ ...pair, ...(ca === null ? {} : { ca }) });
}
