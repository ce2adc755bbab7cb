import type { Middleware } from 'koa';
import type { OpenApiDocument } from './document.ts';

/**
 * `GET /openapi.json`, for tools on any origin: what is public.
 *
 * @param describe is asked once, when somebody wants it
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
