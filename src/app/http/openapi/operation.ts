import type { z } from 'zod';
import type { ErrorCode } from '../present-error.ts';
import type { ProblemCode } from '../v1/problem.ts';

/** One documented API operation. */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With parameters in braces, such as `/images/{key}`. */
  path: string;
  tag: 'pictures' | 'accounts' | 'admin' | 'operation';
  /** One sentence. */
  summary: string;
  /** Objects whose properties are the parameters. */
  params?: z.ZodType | undefined;
  query?: z.ZodType | undefined;
  body?: z.ZodType | undefined;
  answer: Answer;
  /** The errors specific to it; a general response covers all others. */
  errors?: readonly ErrorCode[];
  /** Instead of `errors`, for a route below `/v1`. */
  problems?: readonly ProblemCode[];
  /** Names of security schemes, any of which is enough; absent for public access. */
  security?: readonly string[];
}

export interface Answer {
  status: number;
  description: string;
  /** Absent if there is no body. */
  schema?: z.ZodType;
  /** Default: the schema's `contentMediaType`, or JSON. */
  type?: string;
  /** The relevant headers, by name. */
  headers?: Readonly<Record<string, string>>;
}
