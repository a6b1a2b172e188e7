import { Gauge, type MetricObjectWithValues, type MetricValue, Registry } from 'prom-client';
import { version } from '../../package.ts';
import type { NodeFigures } from '../figures.ts';
import { addBrokerSeries } from './broker-series.ts';
import { PREFIX } from './names.ts';
import { addProcessSeries, type ProcessSeries } from './process-series.ts';

/** A text in the format of Prometheus, and its content type. */
export interface Exposed {
  readonly contentType: string;
  readonly text: string;
}

export type Series = MetricObjectWithValues<MetricValue<string>>;

/** All figures of a node and its process as series of Prometheus. It watches the process until it is stopped. */
export class Exposition {
  readonly #registry = new Registry();
  readonly #refreshBroker: () => void;
  readonly #process: ProcessSeries;

  constructor(figures: NodeFigures, nodeName: string) {
    this.#refreshBroker = addBrokerSeries(this.#registry, figures);
    this.#process = addProcessSeries(this.#registry);
    new Gauge({
      name: `${PREFIX}build_info`,
      help: 'Always 1: what is running, in its labels.',
      labelNames: ['version', 'node', 'runtime_version'],
      registers: [this.#registry],
    }).set({ version, node: nodeName, runtime_version: process.versions.node }, 1);
  }

  async #refresh(): Promise<void> {
    await this.#process.refresh();
    this.#refreshBroker();
  }

  /** The figures of this moment. */
  async text(): Promise<Exposed> {
    await this.#refresh();
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  /** The same as values. */
  async series(): Promise<readonly Series[]> {
    await this.#refresh();
    return this.#registry.getMetricsAsJSON();
  }

  stop(): void {
    this.#process.stop();
  }
}
