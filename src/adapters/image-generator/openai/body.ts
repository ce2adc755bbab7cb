import { UnusableAnswer } from '../unusable-answer.ts';
import { looksLikePicture } from '../whole-png.ts';

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
