import type { z } from 'zod';
import { Environment } from '../environment.ts';
import { unquoted } from './clean-environment.ts';

/** Shorter values are test values, and removing them would blot out words in every message. */
const LEAST_LENGTH = 8;

/** Names of the variables that are never shown, as declared in environment.ts. */
export const SECRET_NAMES: ReadonlySet<string> = new Set(
  Object.entries(Environment.shape)
    .filter(([, schema]) => isMarked(schema))
    .map(([name]) => name),
);

/**
 * All secrets of an environment, valid or not, that no log, response or finding may contain: the
 * values of secret variables, and each part of those that hold several. Longest first, so that
 * replacing one leaves no part of another.
 */
export function secretsIn(env: Readonly<Record<string, string | undefined>>): string[] {
  const values = Object.entries(Environment.shape).flatMap(([name, schema]) => {
    const text = SECRET_NAMES.has(name) ? env[name]?.trim() : undefined;
    return text ? [text, unquoted(text), ...valuesIn(unquoted(text), schema)] : [];
  });
  return [...new Set(values)]
    .filter(({ length }) => length >= LEAST_LENGTH)
    .toSorted((a, b) => b.length - a.length);
}

/** Split by the variable's format if it is valid, otherwise at commas. */
function valuesIn(text: string, schema: z.ZodType): string[] {
  const { data } = schema.safeParse(text);
  if (typeof data === 'object' && data !== null) return Object.values(data);
  return text.split(',').map((value) => value.trim());
}

/** Whether a variable's schema, inside optional and other wrappers, is marked as secret. */
function isMarked(schema: z.ZodType): boolean {
  if (schema.meta()?.isSecret) return true;
  const { innerType } = schema.def as { innerType?: z.ZodType };
  return innerType !== undefined && isMarked(innerType);
}
