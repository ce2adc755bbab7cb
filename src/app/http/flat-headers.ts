import type { Context } from 'koa';

/** Sets headers given as alternating names and values, which is the fastest form for Node. */
export function setHeaders(ctx: Context, headers: readonly string[]): void {
  for (let n = 0; n < headers.length; n += 2) ctx.set(String(headers[n]), String(headers[n + 1]));
}
