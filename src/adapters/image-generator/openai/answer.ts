import { bytesFromBase64 } from '../base64.ts';
import type { ImageDownload } from '../image-download.ts';
import { type ImageSource, sourcesIn } from '../image-sources.ts';
import { UnusableAnswer } from '../unusable-answer.ts';
import { type WholePng, wholePng } from '../whole-png.ts';
import { errorIn } from './error-in-body.ts';
import { picturePriceMicroUsd, type TokenUsage, usageCostMicroUsd } from './prices.ts';

/** The heaviest picture that is read; heavier ones than may be stored are made smaller. */
const MAX_PICTURE_BYTES = 24 * 1024 * 1024;

/**
 * Bytes that a whole answer may have: the heaviest picture in base64, and room for the rest of the JSON
 * around it. What is beyond that is lost although it is paid for: several of them would not fit in memory.
 */
export const MAX_ANSWER_BYTES = Math.ceil(MAX_PICTURE_BYTES / 3) * 4 + 64 * 1024;

export interface Answer extends WholePng {
  /** Absent where it is not reported, or reported as nothing at all. */
  usage?: TokenUsage;
  /** What was really painted, where the answer says so. */
  quality?: string;
  size?: string;
}

/**
 * Reads the content of a successful answer. It is paid for, so whatever can be made a PNG is kept.
 *
 * @throws ErrorInBody where it is an error after all, UnusableAnswer where it holds no picture
 */
export async function answerFrom(
  body: unknown,
  model: string,
  download: ImageDownload | undefined,
): Promise<Answer> {
  const answer = record(body);
  const picture = await firstPicture(sourcesIn(body), download).catch((flaw) => {
    throw errorIn(body, model) ?? flaw;
  });
  const usage = usageFrom(answer.usage);
  return {
    ...picture,
    ...(usage ? { usage } : {}),
    ...(typeof answer.quality === 'string' ? { quality: answer.quality } : {}),
    ...(typeof answer.size === 'string' ? { size: answer.size } : {}),
  };
}

/**
 * Millionths of a dollar, by the tokens that are reported, else by the price of what was really painted.
 *
 * @param asked what was asked for, which counts where the answer does not say
 */
export function costOf(
  { usage, quality, size }: Answer,
  model: string,
  asked: { quality?: string; size?: string },
): number {
  if (usage) return usageCostMicroUsd(model, usage);
  const [painted, pixels] = [quality ?? asked.quality, size ?? asked.size];
  return picturePriceMicroUsd(model, painted ?? 'auto', pixels ?? 'auto');
}

async function firstPicture(
  sources: readonly ImageSource[],
  download: ImageDownload | undefined,
): Promise<WholePng> {
  let flaw = new UnusableAnswer('no_picture');
  for (const [n, source] of sources.entries()) {
    try {
      return await wholePng(await bytesOf(source, download));
    } catch (error) {
      if (!(error instanceof UnusableAnswer)) throw error;
      // What is wrong with the likeliest one says most.
      if (n === 0) flaw = error;
    }
  }
  throw flaw;
}

async function bytesOf(
  source: ImageSource,
  download: ImageDownload | undefined,
): Promise<Uint8Array> {
  if (source.kind === 'base64') {
    const bytes = bytesFromBase64(source.text);
    if (!bytes) throw new UnusableAnswer('malformed_base64');
    return bytes;
  }
  const url = URL.parse(source.url);
  if (!download || !url) throw new UnusableAnswer('picture_not_downloaded');
  try {
    return await download(url);
  } catch (cause) {
    throw new UnusableAnswer('picture_not_downloaded', { cause });
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
