import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

export interface JsonSchema {
  [keyword: string]: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
}

const OWN = '#/$defs/';
const SHARED = '#/components/schemas/';

/** Converts the validation schemas to JSON Schemas, and collects the named ones. */
export class JsonSchemas {
  readonly #named = new Map<string, JsonSchema>();

  /** All named schemas converted so far, by name. */
  get named(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#named].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  /**
   * A reference for a named schema, otherwise the schema itself.
   *
   * @param io `input` for requests, `output` for responses
   * @throws Error for two different schemas with the same name
   */
  of(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    // Wrapped in an object, because names are only applied to nested schemas.
    const whole = z.toJSONSchema(z.object({ it: schema }), { io, unrepresentable: 'any' });
    const { $defs = {}, properties = {} } = refer(whole) as JsonSchema & {
      $defs?: Record<string, JsonSchema>;
    };
    for (const [name, { id: _, ...found }] of Object.entries($defs)) this.#add(name, found);
    return properties.it ?? {};
  }

  #add(name: string, schema: JsonSchema): void {
    const known = this.#named.get(name);
    if (known && !isDeepStrictEqual(known, schema)) {
      throw new Error(`Two different schemas are called ${name}.`);
    }
    this.#named.set(name, schema);
  }
}

/** Rewrites references to the place of shared schemas in the document. */
function refer(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(refer);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => {
    const isReference = name === '$ref' && typeof inner === 'string' && inner.startsWith(OWN);
    return [name, isReference ? SHARED + inner.slice(OWN.length) : refer(inner)];
  });
  return Object.fromEntries(entries);
}
