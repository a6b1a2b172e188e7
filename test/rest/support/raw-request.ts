import { request } from 'node:http';
import { APP_AUTHORIZATION, type TestGateway } from '../../support/gateway.ts';

/** A request below `/api/v3` as it stands: `fetch` sends no body with GET and tidies a path up. */
export function rawRequest(
  { httpUrl }: TestGateway,
  method: string,
  path: string,
  body = '',
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: APP_AUTHORIZATION, 'content-length': Buffer.byteLength(body) };
    const { hostname, port } = new URL(httpUrl);
    const outgoing = request({ hostname, port, method, path: `/api/v3${path}`, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (text += piece));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
