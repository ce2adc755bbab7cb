import { z } from 'zod';
import type { Operation } from '../openapi/operation.ts';

const ALWAYS: readonly Operation[] = [
  {
    method: 'get',
    path: '/health',
    tag: 'operation',
    summary: 'Whether the process runs. Makes no outbound call.',
    answer: {
      status: 200,
      description: 'It runs',
      schema: z.strictObject({ status: z.literal('ok') }),
    },
    errors: [],
  },
  {
    method: 'get',
    path: '/ready',
    tag: 'operation',
    summary: 'Whether the service can serve pictures; 503 with another word if not.',
    answer: {
      status: 200,
      description: 'The service can serve pictures',
      schema: z.strictObject({
        status: z.literal('ready'),
        /** Only with a database on a server. */
        database: z.enum(['ok', 'unavailable']).optional(),
      }),
    },
    errors: [],
  },
  {
    method: 'get',
    path: '/openapi.json',
    tag: 'operation',
    summary: 'This document.',
    answer: {
      status: 200,
      description: 'OpenAPI 3.1',
      schema: z.record(z.string(), z.unknown()),
    },
    errors: [],
  },
];

function metrics(areGuarded: boolean): Operation {
  return {
    method: 'get',
    path: '/metrics',
    tag: 'operation',
    summary: 'Metrics for Prometheus.',
    answer: {
      status: 200,
      description: "Prometheus' text format",
      schema: z.string(),
      type: 'text/plain',
    },
    errors: areGuarded ? ['unauthorized'] : [],
    security: areGuarded ? ['metricsToken'] : [],
  };
}

const ABOUT: Operation = {
  method: 'get',
  path: '/api/cafe/about',
  tag: 'operation',
  summary: 'The running configuration; in development only.',
  answer: {
    status: 200,
    description: 'The configuration',
    schema: z.object({
      name: z.string(),
      version: z.string(),
      store: z.object({ kind: z.string(), location: z.string() }),
      generator: z.object({ kind: z.string(), model: z.string() }),
      locator: z.object({ kind: z.string() }),
      dailyBudget: z.int().describe('Pictures per UTC day'),
    }),
  },
  errors: [],
};

/** Which of these routes exist depends on the configuration. */
interface Served {
  /** Whether the metrics require a token; `undefined` if there are no metrics. */
  metricsAreGuarded: boolean | undefined;
  production: boolean;
}

/** The API operations for the operator. */
export function serviceOperations({ metricsAreGuarded, production }: Served): Operation[] {
  const operations = [...ALWAYS];
  if (metricsAreGuarded !== undefined) operations.push(metrics(metricsAreGuarded));
  if (!production) operations.push(ABOUT);
  return operations;
}
