import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const openssl = (...args: string[]): void => {
  execFileSync('openssl', args, { stdio: 'ignore' });
};
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A certificate and its key, as files. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** A folder with an authority that signs certificates by the `openssl` command. */
export class Authority {
  readonly folder = mkdtempSync(join(tmpdir(), 'brokerql-tls-'));
  readonly ca: Pair = this.pair('ca');

  constructor() {
    openssl(
      'req',
      '-x509',
      ...NEW_KEY,
      '-subj',
      '/CN=Test CA',
      '-days',
      '2',
      '-keyout',
      this.ca.key,
      '-out',
      this.ca.cert,
    );
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  pair(name: string): Pair {
    return { cert: this.path(`${name}.pem`), key: this.path(`${name}.key`) };
  }

  /** Makes a pair for a subject as `/CN=localhost`, valid as long as 127.0.0.1 and localhost are asked for. */
  sign(name: string, subject: string, days = 30): Pair {
    const { cert, key } = this.pair(name);
    const request = this.path(`${name}.csr`);
    const extensions = this.path(`${name}.ext`);
    writeFileSync(extensions, 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
    openssl('req', '-new', ...NEW_KEY, '-subj', subject, '-keyout', key, '-out', request);
    const signer = ['-CA', this.ca.cert, '-CAkey', this.ca.key, '-CAcreateserial'];
    openssl('x509', '-req', '-in', request, ...signer, '-days', `${days}`, '-extfile', extensions, '-out', cert);
    return { cert, key };
  }

  /** Makes a pair that nobody vouches for. */
  selfSign(name: string, subject: string): Pair {
    const { cert, key } = this.pair(name);
    openssl('req', '-x509', ...NEW_KEY, '-subj', subject, '-days', '2', '-keyout', key, '-out', cert);
    return { cert, key };
  }

  /** Writes the key of a pair with a passphrase. */
  lock({ key }: Pair): string {
    const locked = this.path('locked.key');
    openssl('pkcs8', '-topk8', '-in', key, '-passout', 'pass:secret', '-out', locked);
    return locked;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
