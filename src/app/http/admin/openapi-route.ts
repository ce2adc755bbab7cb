import { z } from 'zod';
import { type AdminRoute, route } from './admin-route.ts';

/** `GET /openapi.json` of the admin: every route, for the owner only. */
export function adminOpenApiRoute(describe: () => object): AdminRoute {
  return route({
    method: 'GET',
    path: '/openapi.json',
    summary: 'An OpenAPI 3.1 document of all routes, including the admin routes.',
    answer: z.record(z.string(), z.unknown()),
    handle: async () => ({ body: { ...describe() } }),
  });
}
