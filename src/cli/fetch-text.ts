/** Reading stops here: what the checks look for is near the start of a page. */
const MAX_CHARACTERS = 2_000_000;

/** A response, or the reason why there was none. */
export type Fetched =
  | { status: number; headers: Headers; text: string; url: string }
  /** A clause that follows "because". */
  | { unreachable: string };

/** Fetches a URL without credentials or cookies and reads its text, up to a limit. Never throws. */
export async function fetchText(url: string | URL, init: RequestInit): Promise<Fetched> {
  try {
    const response = await fetch(url, init);
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > MAX_CHARACTERS) break;
    }
    return { status: response.status, headers: response.headers, text, url: response.url };
  } catch (error) {
    return { unreachable: reasonOf(error) };
  }
}

/** The outcome of a request, worded to follow its URL in a sentence. */
export function outcomeOf(fetched: Fetched): string {
  return 'unreachable' in fetched
    ? `does not respond, because ${fetched.unreachable}`
    : `returns ${fetched.status}`;
}

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its host name does not exist (ENOTFOUND)',
  EAI_AGAIN: 'the DNS lookup failed (EAI_AGAIN)',
  ECONNREFUSED: 'nothing listens there (ECONNREFUSED)',
  ECONNRESET: 'the connection was reset (ECONNRESET)',
  TimeoutError: 'the request timed out',
};

/** Taken from the innermost cause, which is the most specific. */
function reasonOf(error: unknown): string {
  let innermost: unknown = error;
  while (innermost instanceof Error && innermost.cause instanceof Error)
    innermost = innermost.cause;
  const { code, name, message } = innermost as Error & { code?: string };
  return WORDS[code ?? name] ?? WORDS[name] ?? `of this: ${code ?? message}`;
}
