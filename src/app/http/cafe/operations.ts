import { z } from 'zod';
import type { Operation } from '../openapi/operation.ts';
import { PATH as GENERATE, GenerateQuery, GenerateRequest } from './generate-route.ts';
import { PictureDetails, PictureUrl } from './image-answer.ts';
import { PATH as IMAGE, PageImageQuery } from './page-image-route.ts';
import { PLACEHOLDER, PLACEHOLDER_CARD } from './placeholders.ts';

const binary = (mime: string) => z.any().meta({ contentMediaType: mime });

const ALWAYS: readonly Operation[] = [
  {
    method: 'post',
    path: GENERATE,
    tag: 'pictures',
    summary: 'The picture of a page for the requesting reader: the stored one, or a new one.',
    query: GenerateQuery,
    body: GenerateRequest,
    answer: {
      status: 200,
      description: 'The picture',
      schema: z.union([PictureUrl, PictureDetails]),
    },
    errors: [
      'invalid_json',
      'invalid_request',
      'invalid_page',
      'origin_not_allowed',
      'body_too_large',
      'unsupported_media_type',
      'upstream_failed',
      'no_image_available',
      'storage_unavailable',
      'database_unavailable',
      'draining',
      'overloaded',
      'generation_timeout',
    ],
  },
  {
    method: 'get',
    path: IMAGE,
    tag: 'pictures',
    summary: 'Redirects to the picture of a page, for clients without scripts. Generates nothing.',
    query: PageImageQuery,
    answer: {
      status: 302,
      description: "The page's picture, else another page's, else a drawing",
      headers: { Location: 'The URL of the picture' },
    },
    errors: ['invalid_request', 'invalid_page', 'storage_unavailable', 'overloaded'],
  },
  {
    method: 'get',
    path: PLACEHOLDER,
    tag: 'pictures',
    summary: 'The placeholder shown if no picture is available.',
    answer: { status: 200, description: 'A drawing', schema: binary('image/png') },
    errors: [],
  },
  {
    method: 'get',
    path: PLACEHOLDER_CARD,
    tag: 'pictures',
    summary: 'The placeholder for previews, 1200 by 630 pixels.',
    answer: { status: 200, description: 'A drawing', schema: binary('image/jpeg') },
    errors: [],
  },
];

const STORED_IMAGE: Operation = {
  method: 'get',
  path: '/images/{key}',
  tag: 'pictures',
  summary: 'A picture, if the store has no web server of its own. The key may contain slashes.',
  params: z.object({ key: z.string() }),
  answer: { status: 200, description: 'The picture', schema: binary('image/*') },
  errors: ['not_found', 'storage_unavailable'],
};

/**
 * The API operations for pages.
 *
 * @param served.hasStoredImages the service serves images itself, because the store has no web
 *   server
 */
export function cafeOperations(served: { hasStoredImages: boolean }): readonly Operation[] {
  return served.hasStoredImages ? [...ALWAYS, STORED_IMAGE] : ALWAYS;
}
