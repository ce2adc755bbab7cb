import type { Context } from 'koa';

/** Sets headers that are given as names and values in turn, which is how Node takes them fastest. */
export function setHeaders(ctx: Context, headers: readonly string[]): void {
  for (let n = 0; n < headers.length; n += 2) ctx.set(String(headers[n]), String(headers[n + 1]));
}
