import express, { type Express } from 'express';
import type { House } from './house.ts';

/** An Express application with what every side of a comparison has: Basic authentication, and no ETag. */
export function createBareExpress({ isAdmitted }: House): Express {
  const app = express();
  app.disable('etag').disable('x-powered-by');
  app.use(async (request, response, next) => {
    const verdict = isAdmitted(request.headers.authorization);
    if (verdict instanceof Promise ? await verdict : verdict) next();
    else response.status(401).end();
  });
  return app;
}
