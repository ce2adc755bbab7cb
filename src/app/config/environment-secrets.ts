import type { z } from 'zod';
import { Environment } from './environment.ts';
import { unquoted } from './environment-clean.ts';

/** Shorter ones are somebody's trial, and would blot out words of every message. */
const LEAST_LENGTH = 8;

/** Names of the variables that are never shown, as environment.ts declares them. */
export const SECRET_NAMES: ReadonlySet<string> = new Set(
  Object.entries(Environment.shape)
    .filter(([, schema]) => isMarked(schema))
    .map(([name]) => name),
);

/**
 * Everything of an environment, usable or not, that must be in no log, answer or finding: what its
 * secret variables say, and each value of those that hold several. The longest come first, so that no
 * part of one stays where another is taken out.
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

/** By the form of its variable; of what has another, what the commas separate. */
function valuesIn(text: string, schema: z.ZodType): string[] {
  const { data } = schema.safeParse(text);
  if (typeof data === 'object' && data !== null) return Object.values(data);
  return text.split(',').map((value) => value.trim());
}

/** Whether the form of a variable, behind its being optional and such, is that of secrets. */
function isMarked(schema: z.ZodType): boolean {
  if (schema.meta()?.isSecret) return true;
  const { innerType } = schema.def as { innerType?: z.ZodType };
  return innerType !== undefined && isMarked(innerType);
}
