import type { ImageDownload } from '../image-download.ts';
import {
  bytesFromBase64,
  type ImageSource,
  looksLikePicture,
  sourcesIn,
  UnusableAnswer,
  type WholePng,
  wholePng,
} from '../received-image.ts';
import { errorIn } from './error-in-body.ts';
import { picturePriceMicroUsd, type TokenUsage, usageCostMicroUsd } from './prices.ts';

/** Size limit of a received image, larger than that of a stored one: images are scaled down if necessary. */
const MAX_PICTURE_BYTES = 24 * 1024 * 1024;

/**
 * Size limit of a response: the largest image in base64, and room for the JSON around it. Larger responses
 * are discarded although they are paid, because several of them would not fit in memory.
 */
export const MAX_ANSWER_BYTES = Math.ceil(MAX_PICTURE_BYTES / 3) * 4 + 64 * 1024;

export interface Answer extends WholePng {
  /** Absent if it is not reported, or reported as zero. */
  usage?: TokenUsage;
  /** The actual quality, if reported. */
  quality?: string;
  size?: string;
}

/**
 * Reads the image from a successful response. The image is paid, so everything that can be converted to a
 * PNG is used.
 *
 * @throws ErrorInBody if the response contains an error, UnusableAnswer if it contains no image
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
  const result: Answer = { ...picture };
  const usage = usageFrom(answer.usage);
  if (usage) result.usage = usage;
  if (typeof answer.quality === 'string') result.quality = answer.quality;
  if (typeof answer.size === 'string') result.size = answer.size;
  return result;
}

/**
 * The cost in millionths of a dollar: from the reported tokens, else from the price table.
 *
 * @param asked the requested parameters, used if the response does not report the actual ones
 */
export function costOf(
  { usage, quality, size }: Answer,
  model: string,
  asked: { quality?: string; size?: string },
): number {
  if (usage) return usageCostMicroUsd(model, usage);
  return picturePriceMicroUsd(
    model,
    quality ?? asked.quality ?? 'auto',
    size ?? asked.size ?? 'auto',
  );
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
      // Report the flaw of the first, most likely image: it helps the owner most.
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
  // Every image uses tokens, so a report of zero is wrong.
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

/** The received part of a response body. */
interface Received {
  bytes: Buffer;
  /** Why the body is incomplete. */
  cut?: { cause: unknown };
}

/**
 * Parses the body of a successful response: JSON, or the image itself. If the JSON is cut off after the
 * image, the image is still used, because it is paid and complete. An image that is cut off is lost: the
 * API cannot send a response again.
 *
 * @throws the connection error, `SyntaxError` for invalid JSON, or UnusableAnswer for anything else
 */
export async function contentOf(response: Response): Promise<unknown> {
  const { bytes, cut } = await received(response);
  if (looksLikePicture(bytes)) {
    // An incomplete image is rejected by a later check.
    return { data: [{ b64_json: bytes.toString('base64') }] };
  }
  const text = bytes.toString().trim();
  try {
    return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
  } catch (error) {
    const picture = wholeTextIn(text);
    if (picture !== undefined) return { data: [{ b64_json: picture }] };
    if (cut) throw cut.cause;
    if (text.startsWith('{') || text.startsWith('[')) throw error;
    throw new UnusableAnswer('no_picture');
  }
}

async function received(response: Response): Promise<Received> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of response.body ?? []) chunks.push(chunk);
    return { bytes: Buffer.concat(chunks) };
  } catch (cause) {
    return { bytes: Buffer.concat(chunks), cut: { cause } };
  }
}

const NAME = '"b64_json"';

/** The base64 text of the image, if both of its quotes were received. */
function wholeTextIn(json: string): string | undefined {
  const name = json.indexOf(NAME);
  const start = name < 0 ? -1 : json.indexOf('"', name + NAME.length);
  const end = start < 0 ? -1 : json.indexOf('"', start + 1);
  return end < 0
    ? undefined
    : json
        .slice(start + 1, end)
        .replaceAll('\\n', '')
        .replaceAll('\\/', '/');
}
