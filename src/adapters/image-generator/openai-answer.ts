import { checkedPng, MAX_PNG_BYTES, PngError } from './checked-png.ts';
import type { TokenUsage } from './price-table.ts';

/**
 * Bytes that a whole answer may have: the largest picture in base64, and room for the rest of the
 * JSON around it.
 */
export const MAX_ANSWER_BYTES = Math.ceil(MAX_PNG_BYTES / 3) * 4 + 64 * 1024;

/** An answer that came with status 200 and holds no picture; `reason` is short and fixed. */
export class UnusableAnswer extends Error {
  readonly reason: string;

  constructor(reason: string, options?: { cause?: unknown }) {
    super(reason, options);
    this.name = 'UnusableAnswer';
    this.reason = reason;
  }
}

export interface Answer {
  bytes: Uint8Array;
  width: number;
  height: number;
  /** Absent where it is not reported, or reported as nothing at all. */
  usage?: TokenUsage;
  /** What was really painted, where the answer says so. */
  quality?: string;
  size?: string;
}

/**
 * Reads the body of an answer of the images API.
 *
 * @throws UnusableAnswer where it holds no whole PNG
 */
export function answerFrom(body: unknown): Answer {
  const answer = record(body);
  const [first] = Array.isArray(answer.data) ? answer.data : [];
  const encoded = record(first).b64_json;
  // Only models that are gone answered with a URL; fetching whatever is named is not worth a hole.
  if (typeof encoded !== 'string' || encoded === '') throw new UnusableAnswer('no_picture');
  const bytes = decoded(encoded);
  const usage = usageFrom(answer.usage);
  return {
    bytes,
    ...sizeOf(bytes),
    ...(usage ? { usage } : {}),
    ...(typeof answer.quality === 'string' ? { quality: answer.quality } : {}),
    ...(typeof answer.size === 'string' ? { size: answer.size } : {}),
  };
}

/**
 * Strict base64: Node's decoder passes over what it does not know and stops at a cut, so the number
 * of bytes that came out is held against what the length of the text demands.
 */
function decoded(text: string): Uint8Array {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const length = (text.length / 4) * 3 - padding;
  if (!Number.isInteger(length)) throw new UnusableAnswer('malformed_base64');
  if (length > MAX_PNG_BYTES) throw new UnusableAnswer('oversized_png');
  // Not from Node's pool: whoever keeps a small picture would keep all of the pool's slab.
  const bytes = Buffer.allocUnsafeSlow(length);
  if (bytes.write(text, 'base64') !== length) throw new UnusableAnswer('malformed_base64');
  return new Uint8Array(bytes.buffer);
}

function sizeOf(bytes: Uint8Array): { width: number; height: number } {
  try {
    return checkedPng(bytes);
  } catch (cause) {
    if (cause instanceof PngError) throw new UnusableAnswer(cause.flaw, { cause });
    throw cause;
  }
}

function usageFrom(value: unknown): TokenUsage | undefined {
  const usage = record(value);
  const input = count(usage.input_tokens);
  const output = count(usage.output_tokens);
  // No picture is made of no tokens: a report of zero is no report.
  if (input === undefined || !output) return undefined;
  const ofInput = record(usage.input_tokens_details);
  const ofOutput = record(usage.output_tokens_details);
  return {
    input,
    output,
    ...split('input', ofInput),
    ...split('output', ofOutput),
  };
}

function split(side: 'input' | 'output', details: Record<string, unknown>): Partial<TokenUsage> {
  const [text, image] = [count(details.text_tokens), count(details.image_tokens)];
  return {
    ...(text === undefined ? {} : { [`${side}Text`]: text }),
    ...(image === undefined ? {} : { [`${side}Image`]: image }),
  };
}

function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
