import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { CafeError, GenerationError } from '../../domain/kernel/errors.ts';
import type { Notice } from '../../domain/kernel/notice.ts';
import { FailureReportingExporter } from './failure-reporting-exporter.ts';

/** Timeout of an export, and of the last export when the process stops. */
const EXPORT_MS = 5_000;

/** The methods of a port to trace, with the names of their spans. */
export interface FollowedMethods {
  /** Methods that return promises. */
  calls: Readonly<Record<string, string>>;
  /** Methods that return async iterables; the span ends with the iteration. */
  lists?: Readonly<Record<string, string>>;
  /** The outcome of a call, from a fixed set of words. */
  outcome?: (result: unknown) => string | undefined;
}

/**
 * Traces calls through the ports and sends the spans to a collector, with OTLP over HTTP.
 *
 * Spans contain names, times and error codes, but no paths, keys or addresses. Spans that cannot be sent
 * are dropped, without delaying requests. It sets no global state, so several instances do not interfere.
 */
export class OpenTelemetryTracing {
  readonly #provider: TracerProvider;
  readonly #tracer: Tracer;
  readonly #current = new AsyncLocalStorage<Context>();

  constructor(options: {
    /** Without a slash at the end and without `/v1/traces`. */
    endpoint: string;
    headers: Readonly<Record<string, string>>;
    serviceName: string;
    version: string;
    /** Called once when the collector starts to fail. */
    notice: Notice;
  }) {
    const { endpoint, headers, serviceName, version, notice } = options;
    const exporter = new OTLPTraceExporter({
      url: `${endpoint}/v1/traces`,
      headers: { ...headers },
      timeoutMillis: EXPORT_MS,
    });
    const processor = new BatchSpanProcessor({
      exporter: new FailureReportingExporter(exporter, notice),
      exportTimeoutMillis: EXPORT_MS,
    });
    this.#provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': serviceName, 'service.version': version }),
      spanProcessors: [processor],
    });
    this.#tracer = this.#provider.getTracer('bytesized-cafe', version);
  }

  /** Wraps a port, so that the given methods create spans inside the caller's span. */
  follow<T extends object>(port: T, { calls, lists = {}, outcome }: FollowedMethods): T {
    const wrapped = new Map<PropertyKey, unknown>();
    const method = (target: T, property: string | symbol) => {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      const call = (...given: unknown[]) => Reflect.apply(value, target, given);
      const name = String(property);
      if (calls[name]) {
        const span = calls[name];
        return (...given: unknown[]) => this.#call(span, () => call(...given), outcome);
      }
      if (lists[name]) {
        const span = lists[name];
        return (...given: unknown[]) => this.#list(span, call(...given));
      }
      return call;
    };
    return new Proxy(port, {
      get: (target, property) => {
        // Cache methods only: other properties may change.
        if (!wrapped.has(property)) {
          const found = method(target, property);
          if (typeof found !== 'function') return found;
          wrapped.set(property, found);
        }
        return wrapped.get(property);
      },
    });
  }

  /** Sends the remaining spans, within a few seconds. */
  async close(): Promise<void> {
    // The exporter has already reported a failure.
    await this.#provider.shutdown().catch(() => undefined);
  }

  async #call(
    name: string,
    work: () => unknown,
    outcome: FollowedMethods['outcome'],
  ): Promise<unknown> {
    const { span, context } = this.#begin(name);
    try {
      const result = await this.#current.run(context, work);
      const word = outcome?.(result);
      if (word !== undefined) span.setAttribute('cafe.outcome', word);
      return result;
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  }

  async *#list(name: string, listing: unknown): AsyncGenerator<unknown> {
    const { span } = this.#begin(name);
    try {
      yield* listing as AsyncIterable<unknown>;
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  }

  #begin(name: string): { span: Span; context: Context } {
    const parent = this.#current.getStore() ?? ROOT_CONTEXT;
    const span = this.#tracer.startSpan(name, {}, parent);
    return { span, context: trace.setSpan(parent, span) };
  }
}

/** Records only the error code, because messages and stacks may contain keys. */
function fail(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute('error.type', codeOf(error));
}

function codeOf(error: unknown): string {
  if (error instanceof GenerationError) return error.reason;
  return error instanceof CafeError ? error.code : 'unexpected';
}
