import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CertificateFiles, loadCertificate } from '../../src/tls/certificate.ts';
import { Authority, type Pair } from './authority.ts';

let authority: Authority;
let pair: Pair;
let other: Pair;

beforeAll(() => {
  authority = new Authority();
  pair = authority.sign('server', '/CN=localhost');
  other = authority.sign('other', '/CN=localhost');
});

afterAll(() => authority.remove());

describe('a certificate in files', () => {
  test('is loaded with its key, and tells when it expires', () => {
    const { options, expiresAt } = loadCertificate({ ...pair, ca: authority.ca.cert });
    expect(options).toEqual({
      cert: readFileSync(pair.cert, 'utf8'),
      key: readFileSync(pair.key, 'utf8'),
      ca: readFileSync(authority.ca.cert, 'utf8'),
      minVersion: 'TLSv1.2',
    });
    expect(expiresAt).toBe(Date.parse(new X509Certificate(readFileSync(pair.cert)).validTo));
  });

  test('may be followed by those that lead to its root', () => {
    const chain = authority.path('chain.pem');
    writeFileSync(chain, readFileSync(pair.cert, 'utf8') + readFileSync(authority.ca.cert, 'utf8'));
    expect(loadCertificate({ cert: chain, key: pair.key }).expiresAt).toBe(loadCertificate(pair).expiresAt);
  });

  const text = (name: string, content: string): string => {
    const file = authority.path(name);
    writeFileSync(file, content);
    return file;
  };
  const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

  test.each<[string, keyof CertificateFiles, () => string, (file: string) => string]>([
    [
      'is not there',
      'cert',
      () => authority.path('none'),
      (file) => `the certificate '${file}' cannot be read: ENOENT`,
    ],
    ['is a folder', 'key', () => authority.folder, (file) => `the key '${file}' cannot be read: EISDIR`],
    [
      'is empty',
      'cert',
      () => text('empty.pem', ''),
      (file) => `the certificate '${file}' holds no certificate in PEM`,
    ],
    ['is a key', 'cert', () => pair.key, (file) => `the certificate '${file}' holds no certificate in PEM`],
    [
      'is no certificate inside',
      'cert',
      () => text('broken.pem', broken),
      (file) => `the certificate '${file}' holds a certificate that is malformed`,
    ],
    ['is a certificate', 'key', () => pair.cert, (file) => `the key '${file}' holds no private key in PEM`],
    [
      'has a passphrase',
      'key',
      () => authority.lock(pair),
      (file) => `the key '${file}' has a passphrase; a key without one is needed`,
    ],
    [
      'is of another certificate',
      'key',
      () => other.key,
      (file) => `the key '${file}' does not belong to the certificate '${pair.cert}'`,
    ],
    ['is empty', 'ca', () => text('empty.pem', ''), (file) => `the CA file '${file}' holds no certificate in PEM`],
    [
      'breaks off in its second certificate',
      'ca',
      () => text('half.pem', readFileSync(authority.ca.cert, 'utf8') + broken),
      (file) => `the CA file '${file}' holds a certificate that is malformed`,
    ],
  ])('that %s is refused for its %s', (_, which, make, sentence) => {
    const file = make();
    const load = () => loadCertificate({ ...pair, [which]: file });
    expect(load).toThrow(sentence(file));
    expect(load).toThrow(expect.objectContaining({ name: 'CertificateError', file }));
  });
});
