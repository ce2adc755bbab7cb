import { z } from 'zod';
import { ERROR_CODES, statusOf } from '../present-error.ts';
import { PROBLEM_CODES, statusOfProblem } from '../v1/problem.ts';
import { type JsonSchema, JsonSchemas } from './json-schemas.ts';
import type { Answer, Operation } from './operation.ts';

/** The body of every error response. */
export const ErrorBody = z
  .strictObject({
    error: z.strictObject({
      code: z.enum(ERROR_CODES),
      message: z.string().describe('For people'),
      requestId: z.string().describe('The request id of the log line'),
    }),
  })
  .meta({ id: 'Error' });

/** The body of every error response below `/v1`. */
export const ProblemBody = z
  .strictObject({
    type: z.literal('about:blank'),
    title: z.string().describe('The words of the status'),
    status: z.int(),
    code: z.enum(PROBLEM_CODES),
    detail: z.string().describe('For people'),
    requestId: z.string().describe('The request id of the log line, and of `X-Request-Id`'),
    errors: z
      .array(z.strictObject({ path: z.string(), message: z.string() }))
      .optional()
      .describe('Every mistake in the request'),
  })
  .meta({ id: 'Problem' });

/** The generated part of an OpenAPI 3.1 document. */
export interface OpenApiDocument {
  openapi: '3.1.1';
  info: Record<string, unknown>;
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  /** By path, then by method. */
  paths: Record<string, Record<string, OperationObject>>;
  components: {
    schemas: Record<string, JsonSchema>;
    securitySchemes: Record<string, Record<string, unknown>>;
  };
}

export interface OperationObject {
  operationId: string;
  tags: string[];
  summary: string;
  parameters: Record<string, unknown>[] | undefined;
  requestBody: Record<string, unknown> | undefined;
  responses: Record<string, Record<string, unknown>>;
  security: Record<string, never[]>[];
}

const TAGS = [
  { name: 'pictures', description: 'For blogs and their readers.' },
  { name: 'accounts', description: 'For accounts, with an API key or an access token.' },
  { name: 'operation', description: 'For the operator of the service.' },
  { name: 'admin', description: 'For the owner.' },
];

/**
 * Generates the document from the schemas that validate the operations.
 *
 * @param options.cookie name of the admin's session cookie
 * @throws Error if two different schemas have the same name
 */
export function openApiDocument(
  operations: readonly Operation[],
  { version, cookie }: { version: string; cookie: string },
): OpenApiDocument {
  const schemas = new JsonSchemas();
  const paths: OpenApiDocument['paths'] = {};
  for (const operation of operations) {
    const path = paths[operation.path] ?? {};
    path[operation.method] = operationObject(operation, schemas);
    paths[operation.path] = path;
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'bytesized-cafe',
      version,
      summary: 'A picture for every page of a blog.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: TAGS.filter(({ name }) => operations.some(({ tag }) => tag === name)),
    paths,
    components: {
      schemas: schemas.named,
      securitySchemes: securitySchemes(operations, cookie),
    },
  };
}

/** The security schemes the operations use. */
function securitySchemes(operations: readonly Operation[], cookie: string) {
  const schemes: Record<string, Record<string, unknown>> = {
    adminToken: { type: 'http', scheme: 'bearer', description: 'ADMIN_TOKEN' },
    adminSession: {
      type: 'apiKey',
      in: 'cookie',
      name: cookie,
      description:
        'Set by POST /api/admin/session. Requests that change something also need ' +
        '`Content-Type: application/json` or a header `X-Cafe-Admin`.',
    },
    apiKey: {
      type: 'http',
      scheme: 'bearer',
      description: 'An API key, or an access token (JWT) of the configured issuer',
    },
    apiKeyHeader: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key' },
    metricsToken: { type: 'http', scheme: 'bearer', description: 'METRICS_TOKEN' },
  };
  const used = new Set(operations.flatMap(({ security = [] }) => security));
  return Object.fromEntries(Object.entries(schemes).filter(([name]) => used.has(name)));
}

function operationObject(operation: Operation, schemas: JsonSchemas): OperationObject {
  const { method, path, tag, summary, params, query, body, answer, security = [] } = operation;
  const parameters = [
    ...parametersOf(params, 'path', schemas),
    ...parametersOf(query, 'query', schemas),
  ];
  return {
    operationId: [method, ...path.split(/[^a-zA-Z0-9]+/)].filter(Boolean).join('_'),
    tags: [tag],
    summary,
    parameters: parameters.length > 0 ? parameters : undefined,
    requestBody: body && { required: true, content: json(schemas.of(body, 'input')) },
    responses: {
      [answer.status]: answerObject(answer, schemas),
      ...errorsOf(operation, schemas),
    },
    security: security.map((name) => ({ [name]: [] })),
  };
}

function parametersOf(
  schema: z.ZodType | undefined,
  place: 'path' | 'query',
  schemas: JsonSchemas,
): Record<string, unknown>[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemas.of(schema, 'input');
  return Object.entries(properties).map(([name, { description, ...form }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    description,
    schema: form,
  }));
}

function answerObject({ description, schema, type, headers = {} }: Answer, schemas: JsonSchemas) {
  const body = schema && schemas.of(schema, 'output');
  const mime = type ?? String(body?.contentMediaType ?? 'application/json');
  const described = Object.entries(headers).map(([name, words]) => [
    name,
    { description: words, schema: { type: 'string' } },
  ]);
  return {
    description,
    headers: described.length > 0 ? Object.fromEntries(described) : undefined,
    content: body && { [mime]: { schema: body } },
  };
}

function errorsOf({ errors = [], problems }: Operation, schemas: JsonSchemas) {
  if (!problems) return errorObjects(errors, statusOf, json(schemas.of(ErrorBody, 'output')));
  const schema = schemas.of(ProblemBody, 'output');
  return errorObjects(problems, statusOfProblem, { 'application/problem+json': { schema } });
}

/** By status, each with its codes. A general response covers all other errors. */
function errorObjects<Code extends string>(
  codes: readonly Code[],
  statusOf: (code: Code) => number,
  content: Record<string, { schema: JsonSchema }>,
) {
  const byStatus = Object.groupBy(codes, (code) => String(statusOf(code)));
  const expected = Object.entries(byStatus).map(([status, found = []]) => [
    status,
    { description: found.map((code) => `\`${code}\``).join(', '), content },
  ]);
  return {
    ...Object.fromEntries(expected),
    default: { description: 'Any other error', content },
  };
}

function json(schema: JsonSchema) {
  return { 'application/json': { schema } };
}
