import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Notice } from '../../domain/kernel/notice.ts';

type ExportResult = Parameters<Parameters<SpanExporter['export']>[1]>[0];

/** Wraps an exporter, and reports to the owner once when it starts to fail. */
export class FailureReportingExporter implements SpanExporter {
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
      // Only the error's name: the message may contain the URL with credentials.
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
