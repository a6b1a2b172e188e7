import { createHmac } from 'node:crypto';

/**
 * How a request proves where it is from: HMAC-SHA256, keyed with the secret, over its timestamp (seconds since 1970 in
 * digits), a dot, and its body as it is sent; in hexadecimal digits behind `sha256=`.
 */
export const sign = (secret: string, timestamp: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`;
