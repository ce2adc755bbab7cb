import { z } from 'zod';
import { PATH as GENERATE, GenerateQuery, GenerateRequest } from '../cafe/generate-route.ts';
import { PictureDetails, PictureUrl } from '../cafe/image-answer.ts';
import { PATH as IMAGE, PageImageQuery } from '../cafe/page-image-route.ts';
import { PLACEHOLDER, PLACEHOLDER_CARD } from '../cafe/placeholders.ts';
import type { Operation } from './operation.ts';

/** Which routes there are depends on how the service runs. */
export interface Served {
  /** Whether the metrics ask for a token; `undefined` where there are none. */
  metricsAreGuarded: boolean | undefined;
  /** Pictures are served here, as the store has no web server of its own. */
  hasStoredImages: boolean;
  production: boolean;
}

const binary = (mime: string) => z.any().meta({ contentMediaType: mime });

const ALWAYS: readonly Operation[] = [
  {
    method: 'post',
    path: GENERATE,
    tag: 'pictures',
    summary: 'The picture of a page for the reader who asks: the one it has, else a new one.',
    query: GenerateQuery,
    body: GenerateRequest,
    answer: {
      status: 200,
      description: 'The picture',
      schema: z.union([PictureUrl, PictureDetails]),
    },
    errors: [
      ...(['invalid_json', 'invalid_request', 'invalid_page', 'origin_not_allowed'] as const),
      ...(['body_too_large', 'unsupported_media_type', 'upstream_failed'] as const),
      ...(['no_image_available', 'storage_unavailable', 'draining', 'overloaded'] as const),
      'generation_timeout',
    ],
  },
  {
    method: 'get',
    path: IMAGE,
    tag: 'pictures',
    summary: 'Redirects to the picture of a page, for what runs no script. Makes nothing.',
    query: PageImageQuery,
    answer: {
      status: 302,
      description: "The page's picture, else another page's, else a drawing",
      headers: { Location: 'Where it is' },
    },
    errors: ['invalid_request', 'invalid_page', 'storage_unavailable', 'overloaded'],
  },
  {
    method: 'get',
    path: PLACEHOLDER,
    tag: 'pictures',
    summary: 'What is shown where there is no picture at all.',
    answer: { status: 200, description: 'A drawing', schema: binary('image/png') },
    errors: [],
  },
  {
    method: 'get',
    path: PLACEHOLDER_CARD,
    tag: 'pictures',
    summary: 'The same for previews, 1200 by 630 pixels.',
    answer: { status: 200, description: 'A drawing', schema: binary('image/jpeg') },
    errors: [],
  },
  {
    method: 'get',
    path: '/health',
    tag: 'operation',
    summary: 'Whether the process runs; asks nobody else.',
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
    summary: 'Whether pages can be given pictures; 503 with another word where they cannot.',
    answer: {
      status: 200,
      description: 'They can',
      schema: z.strictObject({ status: z.literal('ready') }),
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

/** What everybody may ask for. */
export function publicOperations(served: Served): Operation[] {
  const { metricsAreGuarded, hasStoredImages, production } = served;
  return [
    ...ALWAYS,
    ...(metricsAreGuarded === undefined ? [] : [metrics(metricsAreGuarded)]),
    ...(hasStoredImages ? [STORED_IMAGE] : []),
    ...(production ? [] : [ABOUT]),
  ];
}

function metrics(areGuarded: boolean): Operation {
  return {
    method: 'get',
    path: '/metrics',
    tag: 'operation',
    summary: 'What happened and what there is, for Prometheus.',
    answer: {
      status: 200,
      description: "Prometheus' text format",
      schema: z.string(),
      type: 'text/plain',
    },
    errors: areGuarded ? ['unauthorized'] : [],
    ...(areGuarded ? { security: ['metricsToken'] } : {}),
  };
}

const STORED_IMAGE: Operation = {
  method: 'get',
  path: '/images/{key}',
  tag: 'pictures',
  summary: 'A picture, where the store has no web server of its own. The key may have slashes.',
  params: z.object({ key: z.string() }),
  answer: { status: 200, description: 'The picture', schema: binary('image/*') },
  errors: ['not_found', 'storage_unavailable'],
};

const ABOUT: Operation = {
  method: 'get',
  path: '/api/cafe/about',
  tag: 'operation',
  summary: 'What runs; in development alone.',
  answer: {
    status: 200,
    description: 'What runs',
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
