import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';

/** Paths of PEM files. */
export interface CertificateFiles {
  /** The server's certificate, then those that lead to its root. */
  readonly cert: string;
  /** Its private key, without a passphrase. */
  readonly key: string;
  /** Certificates of those who sign client certificates; without it none is trusted. */
  readonly ca?: string;
}

/** A certificate with its key, as a TLS server takes them. */
export interface Certificate {
  /** For `createServer` and `setSecureContext`: TLS 1.2 at least. */
  readonly options: SecureContextOptions;
  /** Epoch milliseconds after which clients refuse it. */
  readonly expiresAt: number;
}

/** A file of a certificate that cannot be used; the message is a sentence that names it. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
  readonly file: string;

  constructor(file: string, message: string) {
    super(message);
    this.file = file;
  }
}

const PEM_CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Reads a certificate with its key, and checks that they fit. Throws a CertificateError for the file at fault. */
export function loadCertificate(files: CertificateFiles): Certificate {
  const cert = read('certificate', files.cert);
  const key = read('key', files.key);
  const [leaf] = parseCertificates('certificate', files.cert, cert) as [X509Certificate];
  if (!leaf.checkPrivateKey(parseKey(files.key, key))) {
    throw new CertificateError(files.key, `the key '${files.key}' does not belong to the certificate '${files.cert}'`);
  }
  const options: SecureContextOptions = { cert, key, minVersion: 'TLSv1.2' };
  if (files.ca !== undefined) {
    options.ca = read('CA file', files.ca);
    parseCertificates('CA file', files.ca, options.ca);
  }
  try {
    createSecureContext(options);
  } catch (error) {
    throw new CertificateError(
      files.cert,
      `the certificate '${files.cert}' cannot be used: ${(error as Error).message}`,
    );
  }
  return { options, expiresAt: Date.parse(leaf.validTo) };
}

function read(what: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new CertificateError(file, `the ${what} '${file}' cannot be read: ${code}`);
  }
}

function parseCertificates(what: string, file: string, text: string): X509Certificate[] {
  const blocks = text.match(PEM_CERTIFICATES);
  if (blocks === null) throw new CertificateError(file, `the ${what} '${file}' holds no certificate in PEM`);
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    throw new CertificateError(file, `the ${what} '${file}' holds a certificate that is malformed`);
  }
}

function parseKey(file: string, text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    // Both kinds of PEM say so in their head; the code of the error differs between versions of OpenSSL.
    const isEncrypted = text.includes('ENCRYPTED');
    const fault = isEncrypted ? 'has a passphrase; a key without one is needed' : 'holds no private key in PEM';
    throw new CertificateError(file, `the key '${file}' ${fault}`);
  }
}
