import type { Express, RequestHandler } from 'express';

/** What a scrape of Prometheus gets. */
export type Scrape = () => Promise<{ readonly contentType: string; readonly text: string }>;

/**
 * The figures of the node at `/metrics`, for everybody who is let in. While `scrape` answers null nobody makes them, and
 * the path is one that is not there.
 */
export function addMetrics(
  app: Express,
  scrape: () => Scrape | null,
  admitting: RequestHandler,
  keepOut: RequestHandler,
): void {
  const isThere: RequestHandler = (_request, _response, next) => next(scrape() ? undefined : 'route');
  app.get('/metrics', isThere, admitting, keepOut, async (_request, response, next) => {
    const exposed = await scrape()?.();
    if (!exposed) return next();
    response.setHeader('Content-Type', exposed.contentType);
    response.setHeader('Content-Length', Buffer.byteLength(exposed.text));
    response.end(exposed.text);
  });
}
