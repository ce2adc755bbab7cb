declare module 'koa-bodyparser' {
  import type { Middleware } from 'koa';

  function bodyParser(): Middleware;
  export = bodyParser;
}

declare module 'autocannon' {
  interface Result {
    /** Seconds. */
    duration: number;
    errors: number;
    timeouts: number;
    non2xx: number;
    requests: { total: number };
    /** Milliseconds. */
    latency: { p50: number; p99: number };
  }
  function autocannon(options: Record<string, unknown>): Promise<Result>;
  export = autocannon;
}
