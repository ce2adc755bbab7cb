import { UnusableAnswer } from '../unusable-answer.ts';
import { looksLikePicture } from '../whole-png.ts';

/** What came of an answer's body. */
interface Received {
  bytes: Buffer;
  /** Why it ended before its end. */
  cut?: { cause: unknown };
}

/**
 * The content of a successful answer: its JSON, or the picture alone where a server sends that. Of JSON that
 * breaks off behind the picture the picture is taken: it is paid for, and whole. One that breaks off before
 * cannot be kept, and cannot be asked for again: the API gives answers no name.
 *
 * @throws what broke the body off, `SyntaxError` for JSON that is none, UnusableAnswer for anything else
 */
export async function contentOf(response: Response): Promise<unknown> {
  const { bytes, cut } = await received(response);
  if (looksLikePicture(bytes)) {
    // Cut short, it fails its check as a picture.
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

/** The picture's text, where both its quotes came. */
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
