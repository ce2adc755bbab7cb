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
import { ToldOnce } from './told-once.ts';

/** How long a collector may take, and at the end keep the process. */
const EXPORT_MS = 5_000;

/** Which methods of a port become spans, and what these are called. */
export interface FollowedMethods {
  /** They answer with promises. */
  calls: Readonly<Record<string, string>>;
  /** They answer with what can be iterated; the span ends with it. */
  lists?: Readonly<Record<string, string>>;
  /** A word for how a call ended, out of a fixed number of words. */
  outcome?: (result: unknown) => string | undefined;
}

/**
 * Follows calls through the ports and sends what it sees to a collector, by OTLP over HTTP.
 *
 * Spans have names, times and codes of errors, and neither paths, keys nor addresses. What cannot be
 * sent is dropped, and keeps nobody waiting. Nothing global is set: a second one would not meet it.
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
    /** Told once when the collector begins to fail. */
    notice: Notice;
  }) {
    const { endpoint, headers, serviceName, version, notice } = options;
    const exporter = new OTLPTraceExporter({
      url: `${endpoint}/v1/traces`,
      headers: { ...headers },
      timeoutMillis: EXPORT_MS,
    });
    const processor = new BatchSpanProcessor({
      exporter: new ToldOnce(exporter, notice),
      exportTimeoutMillis: EXPORT_MS,
    });
    this.#provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': serviceName, 'service.version': version }),
      spanProcessors: [processor],
    });
    this.#tracer = this.#provider.getTracer('bytesized-cafe', version);
  }

  /** The same port, whose named methods are spans within whatever span they are called in. */
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
        // What is no method may have changed since.
        if (!wrapped.has(property)) {
          const found = method(target, property);
          if (typeof found !== 'function') return found;
          wrapped.set(property, found);
        }
        return wrapped.get(property);
      },
    });
  }

  /** Sends what is left, for a few seconds at most. */
  async close(): Promise<void> {
    // What fails is told by then, and nothing can be done about it here.
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

/** With the code alone: messages and stacks may name keys. */
function fail(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute('error.type', codeOf(error));
}

function codeOf(error: unknown): string {
  if (error instanceof GenerationError) return error.reason;
  return error instanceof CafeError ? error.code : 'unexpected';
}
