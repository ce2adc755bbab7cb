import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { CafeEvent, Journal } from '../../domain/monitoring/journal.ts';
import { addReadings, type Readings } from './prometheus-readings.ts';

/** Seconds. A generation takes from a few seconds to about three minutes. */
const GENERATION_BUCKETS = [1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300];

/**
 * Counts events for Prometheus. Other values are read on each scrape.
 *
 * Labels have a bounded set of values: event names, models, outcomes and codes. Never use a path, an
 * address or a text from an upstream as a label.
 */
export class PrometheusJournal implements Journal {
  readonly #registry = new Registry();
  readonly #events: Counter<'event'>;
  readonly #generation: Histogram<'model' | 'outcome'>;
  readonly #dollars: Counter<'outcome'>;
  #hasDefaults = false;

  constructor(readings: Readings) {
    const registers = [this.#registry];
    this.#events = new Counter({
      name: 'cafe_events_total',
      help: 'Events, by the name in the field "event" of the log.',
      labelNames: ['event'],
      registers,
    });
    this.#generation = new Histogram({
      name: 'cafe_generation_seconds',
      help: 'Duration of image generations.',
      labelNames: ['model', 'outcome'],
      buckets: GENERATION_BUCKETS,
      registers,
    });
    this.#dollars = new Counter({
      name: 'cafe_generation_dollars_total',
      help: 'US dollars that this process has spent, including the possible cost of failures.',
      labelNames: ['outcome'],
      registers,
    });
    addReadings(this.#registry, readings);
  }

  /** The MIME type of {@link expose}. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics in Prometheus' text format. */
  expose(): Promise<string> {
    // Node's default metrics have a constant cost, so they start with the first scrape.
    if (!this.#hasDefaults) collectDefaultMetrics({ register: this.#registry });
    this.#hasDefaults = true;
    return this.#registry.metrics();
  }

  record(event: CafeEvent): void {
    this.#events.inc({ event: event.event });
    if (event.event === 'picture_generated') {
      this.#addGeneration({ ...event, outcome: 'generated' });
    }
    if (event.event === 'generation_failed') {
      this.#addGeneration({ ...event, outcome: event.billing });
    }
  }

  #addGeneration(call: {
    model: string;
    outcome: string;
    durationMs: number;
    costMicroUsd: number;
  }): void {
    const { model, outcome, durationMs, costMicroUsd } = call;
    this.#generation.observe({ model, outcome }, durationMs / 1000);
    this.#dollars.inc({ outcome }, costMicroUsd / 1e6);
  }
}
