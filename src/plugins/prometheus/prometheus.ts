import { version } from '../../package.ts';
import { type Exposed, Exposition } from '../exposition/exposition.ts';
import type { NodeFigures } from '../figures.ts';
import type { Offer } from '../offer.ts';
import { type Plugin, plugin } from '../plugin.ts';

/** What a scrape gets. */
export type Scrape = () => Promise<Exposed>;

/** Figures of the node for Prometheus, who comes for them. */
export const prometheus = (figures: NodeFigures, offer: Offer<Scrape>): Plugin =>
  plugin({
    name: 'emqx_prometheus',
    version,
    description: 'Prometheus: figures of the node at /metrics',
    type: 'feature',
    settings: {},
    order: 0,
    isActiveAtFirst: false,
    isPermanent: false,
    load({ nodeName }) {
      const exposition = new Exposition(figures, nodeName);
      let takeBack = (): void => {};
      return {
        start() {
          takeBack = offer.make(() => exposition.text());
        },
        unload() {
          takeBack();
          exposition.stop();
        },
      };
    },
  });
