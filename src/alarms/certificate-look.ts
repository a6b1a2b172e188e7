import type { ServedCertificate } from '../tls/served-certificate.ts';
import { EXPIRING } from '../tls/served-certificate.ts';
import type { Look } from './gauge.ts';

const ID = 'certificate_expires';

/** Whether the certificate in use lasts; one that is read anew is seen at the next look. */
export function certificateLook(certificate: Pick<ServedCertificate, 'current'> | null): Look {
  return (alarms) => {
    const expiresAt = certificate?.current.expiresAt ?? Number.POSITIVE_INFINITY;
    const left = expiresAt - Date.now();
    if (left > EXPIRING) {
      alarms.clear(ID);
      return;
    }
    const date = new Date(expiresAt).toISOString();
    alarms.raise({
      id: ID,
      severity: left > 0 ? 'warning' : 'critical',
      title: left > 0 ? 'The certificate expires' : 'The certificate has expired',
      summary: left > 0 ? `the certificate of TLS expires at ${date}` : `the certificate of TLS expired at ${date}`,
    });
  };
}
