import type { Express } from 'express';
import { writeReply } from './rest-door.ts';

export interface HealthOptions {
  readonly nodeName: string;
  /** Null when clients may come; else why not. */
  readonly notReady: () => string | null | Promise<string | null>;
}

/** What probes ask for, without credentials: `/status` of the contract, `/healthz` (alive), `/readyz` (ready for clients). */
export function addHealth(app: Express, { nodeName, notReady }: HealthOptions): void {
  app.all('/status', (request, response) => {
    const text = `Node ${nodeName} is started\nemqx is running`;
    const reply = request.method === 'GET' ? { status: 200, text } : { status: 400, text: 'Not found.' };
    return writeReply(response, reply);
  });
  app.get('/healthz', (_request, response) => writeReply(response, { status: 200, text: 'alive' }));
  app.get('/readyz', async (_request, response) => {
    const reason = await notReady();
    return writeReply(response, reason === null ? { status: 200, text: 'ready' } : { status: 503, text: reason });
  });
}
