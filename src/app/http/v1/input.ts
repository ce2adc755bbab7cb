import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { jsonBody } from '../json-body.ts';
import { Problem } from './problem.ts';

/** Bytes of a body below `/v1`. */
export const V1_BODY_LIMIT = 262_144;
/** Mistakes that an answer lists. A long list in a body may have thousands. */
const MAX_LISTED = 100;

/**
 * The JSON body of a request, as its schema describes it.
 *
 * @throws Problem or Refusal for anything else
 */
export async function bodyOf<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  return parseInput(schema, await jsonBody(request, V1_BODY_LIMIT), 'The body');
}

/** @throws Problem `invalid_request` that lists the mistakes, at most 100; it never repeats a value */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown, part: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.slice(0, MAX_LISTED).map(({ path, message }) => ({
    path: path.join('.'),
    message,
  }));
  const [first] = errors;
  const where = first?.path ? `\`${first.path}\`` : part;
  throw new Problem('invalid_request', `${where}: ${first?.message ?? 'is not valid'}`, { errors });
}
