import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { METRICS, type MetricName } from './metrics-table.ts';
import { collectSparsely } from './process-metrics.ts';

type NamesOf<Type extends string> = {
  [Name in MetricName]: (typeof METRICS)[Name]['type'] extends Type ? Name : never;
}[MetricName];

type LabelsOf<Name extends MetricName> = (typeof METRICS)[Name] extends {
  labels: readonly (infer Label extends string)[];
}
  ? Label
  : never;

/**
 * The metrics of one process, made from the table: a name that is not in it does not compile. Only
 * the metrics that a component asks for are registered, so a part that is off exports nothing.
 */
export class Metrics {
  readonly registry = new Registry();

  /** Also exports the process's own memory, CPU and event loop under their usual `process_` and `nodejs_` names. */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  /** As `collectProcess`, but only what costs nothing between scrapes: without the event loop. */
  collectProcessSparsely(): void {
    collectSparsely(this.registry);
  }

  counter<Name extends NamesOf<'counter'>>(name: Name): Counter<LabelsOf<Name>> {
    return this.#get(name, () => new Counter({ ...this.#options(name) }));
  }

  gauge<Name extends NamesOf<'gauge'>>(name: Name): Gauge<LabelsOf<Name>> {
    return this.#get(name, () => new Gauge({ ...this.#options(name) }));
  }

  histogram<Name extends NamesOf<'histogram'>>(name: Name): Histogram<LabelsOf<Name>> {
    return this.#get(name, () => new Histogram({ ...this.#options(name), buckets: [...METRICS[name].buckets] }));
  }

  /** A gauge whose value is asked for at each scrape. */
  onScrape(name: NamesOf<'gauge'>, read: (set: (labels: Record<string, string>, value: number) => void) => void): void {
    const gauge = new Gauge({
      ...this.#options(name),
      collect() {
        this.reset();
        read((labels, value) => this.set(labels, value));
      },
    });
    this.registry.registerMetric(gauge);
  }

  #options(name: MetricName) {
    const entry: { help: string; labels?: readonly string[] } = METRICS[name];
    return { name, help: entry.help, labelNames: [...(entry.labels ?? [])], registers: [] };
  }

  #get<M extends Counter | Gauge | Histogram>(name: MetricName, make: () => unknown): M {
    const known = this.registry.getSingleMetric(name);
    if (known !== undefined) return known as unknown as M;
    const made = make() as M;
    this.registry.registerMetric(made);
    return made;
  }
}
