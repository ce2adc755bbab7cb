import type { Middleware } from 'koa';
import { z } from 'zod';
import { type AdminRoute, route } from '../admin/admin-route.ts';
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

/** The same with the admin's part, which only the owner is shown. */
export function adminOpenApiRoute(describe: () => OpenApiDocument): AdminRoute {
  return route({
    method: 'GET',
    path: '/openapi.json',
    summary: 'An OpenAPI 3.1 document of every route, those of the admin included.',
    answer: z.record(z.string(), z.unknown()),
    handle: async () => ({ body: { ...describe() } }),
  });
}
