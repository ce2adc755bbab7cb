import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { adminRoutes } from '../../../src/app/http/admin/admin-routes.ts';
import type { Admin } from '../../../src/app/http/admin/admin-services.ts';

/** Their handlers are not called. */
const routes = adminRoutes({} as Admin);

describe("the admin's routes", () => {
  it('are told apart by method and path', () => {
    const names = routes.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(12);
  });

  it.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s says what it takes and answers, so that it can be documented',
    (_, { params, query, body, answer, summary, path }) => {
      expect(summary).toMatch(/^[A-Z].*\.$/);
      const taken = [params, query, body].filter((schema) => schema !== undefined);
      for (const schema of taken) {
        expect(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })).toMatchObject({
          type: 'object',
          properties: expect.any(Object),
        });
      }
      const named = Object.keys(z.toJSONSchema(params, { io: 'input' }).properties ?? {});
      expect(named).toEqual([...path.matchAll(/:(\w+)/g)].map(([, name]) => name));
      expect(z.toJSONSchema(answer, { unrepresentable: 'any' })).toBeDefined();
    },
  );

  it('take nothing that they do not know', () => {
    for (const { query } of routes) expect(query.safeParse({ key: 'records' }).success).toBe(false);
  });
});
