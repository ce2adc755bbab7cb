import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Notice } from '../../domain/kernel/notice.ts';

type ExportResult = Parameters<Parameters<SpanExporter['export']>[1]>[0];

/** Sends spans by way of another exporter, and tells the owner when that begins to fail. */
export class ToldOnce implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #notice: Notice;
  #isFailing = false;

  constructor(exporter: SpanExporter, notice: Notice) {
    this.#exporter = exporter;
    this.#notice = notice;
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#exporter.export(spans, (result) => {
      const hasFailed = result.error !== undefined;
      // The name alone: a message may hold the address, with whatever is in it.
      if (hasFailed && !this.#isFailing) {
        this.#notice('traces cannot be sent', { error: result.error?.name });
      }
      this.#isFailing = hasFailed;
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }
}
