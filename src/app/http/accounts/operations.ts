import type { Operation } from '../openapi/operation.ts';
import { CreatedKey, Keys } from '../v1/api-key.ts';
import { ListQuery } from '../v1/list-page.ts';
import type { ProblemCode } from '../v1/problem.ts';
import { AccountDetails, KeyParams, Limits, NewKey } from './schemas.ts';

/** The security schemes of every route below `/v1`. */
export const V1_SECURITY = ['apiKey', 'apiKeyHeader'];

/** The errors that every route below `/v1` may return. */
const ALWAYS: readonly ProblemCode[] = [
  'unauthorized',
  'insufficient_scope',
  'origin_not_allowed',
  'rate_limited',
  'database_unavailable',
  'issuer_unavailable',
];
const OF_BODIES: readonly ProblemCode[] = [
  'invalid_request',
  'payload_too_large',
  'unsupported_media_type',
];

/** The operations of `account-routes.ts`. */
export const ACCOUNT_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/account',
    tag: 'accounts',
    summary: 'The account of the caller. Needs the scope `read`.',
    answer: { status: 200, description: 'The account', schema: AccountDetails },
    problems: [...ALWAYS, 'not_found'],
    security: V1_SECURITY,
  },
  {
    method: 'get',
    path: '/v1/limits',
    tag: 'accounts',
    summary: 'What the account may use, and has used. Needs the scope `read`.',
    answer: {
      status: 200,
      description: 'The limits and the usage',
      schema: Limits,
      headers: {
        RateLimit: 'What remains of jobs and images, and the seconds until they reset',
        'RateLimit-Policy': 'The limits of jobs and images, and their windows in seconds',
      },
    },
    problems: ALWAYS,
    security: V1_SECURITY,
  },
  {
    method: 'get',
    path: '/v1/keys',
    tag: 'accounts',
    summary: "The account's API keys, newest first. Needs the scope `admin`.",
    query: ListQuery,
    answer: { status: 200, description: 'A page of keys', schema: Keys },
    problems: [...ALWAYS, 'invalid_request'],
    security: V1_SECURITY,
  },
  {
    method: 'post',
    path: '/v1/keys',
    tag: 'accounts',
    summary: 'Creates an API key and shows it once. Needs the scope `admin`.',
    body: NewKey,
    answer: { status: 201, description: 'The key', schema: CreatedKey },
    problems: [...ALWAYS, ...OF_BODIES, 'conflict'],
    security: V1_SECURITY,
  },
  {
    method: 'delete',
    path: '/v1/keys/{id}',
    tag: 'accounts',
    summary: 'Revokes an API key for good. Needs the scope `admin`.',
    params: KeyParams,
    answer: { status: 204, description: 'Revoked' },
    problems: [...ALWAYS, 'not_found'],
    security: V1_SECURITY,
  },
];
