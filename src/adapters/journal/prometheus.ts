import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { CafeError } from '../../domain/errors.ts';
import type { CafeEvent, Journal } from '../../domain/ports/journal.ts';
import { addReadings, type Readings } from './prometheus-readings.ts';

/** Seconds; a picture takes from a few to some three minutes. */
const GENERATION_BUCKETS = [1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300];
/** How deep an error's causes are looked through for what an upstream said. */
const CAUSES = 5;

/**
 * Counts what happens, for Prometheus. Whatever is no event is read when somebody asks.
 *
 * No label can have values without end: they are names of events, models, outcomes and codes, and
 * never a path, an address or a text that an upstream chose.
 */
export class PrometheusJournal implements Journal {
  readonly #registry = new Registry();
  readonly #events: Counter<'event'>;
  readonly #upstreamErrors: Counter<'upstream' | 'code'>;
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
    this.#upstreamErrors = new Counter({
      name: 'cafe_upstream_errors_total',
      help: 'Failures of the generator and the store; of the locator, the times it began to fail.',
      labelNames: ['upstream', 'code'],
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
      this.#upstreamErrors.inc({ upstream: 'generator', code: event.reason });
    } else if ('cause' in event && isOfStore(event.cause)) {
      this.#upstreamErrors.inc({ upstream: 'store', code: statusIn(event.cause) });
    }
    if (event.event === 'notice' && 'locator' in event.details) {
      this.#upstreamErrors.inc({ upstream: 'locator', code: 'failing' });
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

function isOfStore(cause: unknown): boolean {
  return cause instanceof CafeError && cause.code === 'storage_unavailable';
}

/** The HTTP status that the store answered with, or that it gave none. */
function statusIn(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < CAUSES; depth += 1) {
    const { status } = at as { status?: unknown };
    if (Number.isInteger(status)) return String(status);
    at = at.cause;
  }
  return 'no_answer';
}
