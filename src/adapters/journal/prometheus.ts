import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { CafeEvent, Journal } from '../../domain/monitoring/journal.ts';
import { addReadings, type Readings } from './prometheus-readings.ts';

/** Seconds; a picture takes from a few to some three minutes. */
const GENERATION_BUCKETS = [1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300];

/**
 * Counts what happens, for Prometheus. Whatever is no event is read when somebody asks.
 *
 * No label can have values without end: they are names of events, models, outcomes and codes, and
 * never a path, an address or a text that an upstream chose.
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
      help: 'What happened, by the names that the log has for it.',
      labelNames: ['event'],
      registers,
    });
    this.#generation = new Histogram({
      name: 'cafe_generation_seconds',
      help: 'Time that calls to the generator took.',
      labelNames: ['model', 'outcome'],
      buckets: GENERATION_BUCKETS,
      registers,
    });
    this.#dollars = new Counter({
      name: 'cafe_generation_dollars_total',
      help: 'US dollars that this process has spent; on failures, what they may have cost.',
      labelNames: ['outcome'],
      registers,
    });
    addReadings(this.#registry, readings);
  }

  /** The MIME type of what {@link expose} says. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Everything in Prometheus' text format. */
  expose(): Promise<string> {
    // From the first time on, as they cost a little all the while.
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
