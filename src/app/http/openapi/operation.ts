import type { z } from 'zod';
import type { ErrorCode } from '../present-error.ts';

/** One thing that can be asked for, as it is documented. */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'delete';
  /** With parameters in braces, such as `/images/{key}`. */
  path: string;
  tag: 'pictures' | 'admin' | 'operation';
  /** One sentence. */
  summary: string;
  /** Objects whose properties are the parameters. */
  params?: z.ZodType | undefined;
  query?: z.ZodType | undefined;
  body?: z.ZodType | undefined;
  answer: Answer;
  /** Those that can be expected; any other is covered in general. */
  errors: readonly ErrorCode[];
  /** Names of security schemes, any of which will do; none where everybody may ask. */
  security?: readonly string[];
}

export interface Answer {
  status: number;
  description: string;
  /** Absent where there is no body. */
  schema?: z.ZodType;
  /** JSON where it is not said, here or by the schema's `contentMediaType`. */
  type?: string;
  /** Headers that matter, by name. */
  headers?: Readonly<Record<string, string>>;
}
