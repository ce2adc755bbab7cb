import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

export interface JsonSchema {
  [keyword: string]: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
}

const OWN = '#/$defs/';
const SHARED = '#/components/schemas/';

/** Turns the schemas that validate into JSON Schemas, and gathers those that have a name. */
export class JsonSchemas {
  readonly #named = new Map<string, JsonSchema>();

  /** All that have a name and were met so far, by it. */
  get named(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#named].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  /**
   * A reference for a schema with a name, else the schema itself.
   *
   * @param io what is sent to the service is its `input`, what it answers its `output`
   * @throws Error for two different schemas with one name
   */
  of(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    // As a part of another one, for a name is heeded in parts alone.
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

/** The same with references to where a document has its shared schemas. */
function refer(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(refer);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => {
    const isReference = name === '$ref' && typeof inner === 'string' && inner.startsWith(OWN);
    return [name, isReference ? SHARED + inner.slice(OWN.length) : refer(inner)];
  });
  return Object.fromEntries(entries);
}
