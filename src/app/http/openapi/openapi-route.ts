import type { Middleware } from 'koa';
import type { OpenApiDocument } from './document.ts';

/**
 * `GET /openapi.json`: the public API, for tools on any origin.
 *
 * @param describe called once, on the first request
 */
export function openApiRoute(describe: () => OpenApiDocument): Middleware {
  let text: string | undefined;
  return (ctx) => {
    text ??= JSON.stringify(describe());
    ctx.set('Access-Control-Allow-Origin', '*');
    ctx.set('Cache-Control', 'public, max-age=300');
    ctx.type = 'application/json';
    ctx.body = text;
  };
}
