/** A page that is longer has been read far enough. */
const MAX_CHARACTERS = 2_000_000;

/** An answer, or why there was none. */
export type Fetched =
  | { status: number; headers: Headers; text: string; url: string }
  /** In words that go after "because". */
  | { unreachable: string };

/** Fetches a URL without credentials or cookies, and reads its text, to a limit. Never throws. */
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

/** What became of a request, as the rest of a sentence about its address. */
export function outcomeOf(fetched: Fetched): string {
  return 'unreachable' in fetched
    ? `does not answer, because ${fetched.unreachable}`
    : `answers ${fetched.status}`;
}

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known (ENOTFOUND)',
  EAI_AGAIN: 'its name could not be looked up (EAI_AGAIN)',
  ECONNREFUSED: 'nothing listens there (ECONNREFUSED)',
  ECONNRESET: 'the connection was cut (ECONNRESET)',
  TimeoutError: 'no answer came in time',
};

/** Why no answer came, as a clause: what the innermost of the errors says. */
function reasonOf(error: unknown): string {
  let innermost: unknown = error;
  while (innermost instanceof Error && innermost.cause instanceof Error)
    innermost = innermost.cause;
  const { code, name, message } = innermost as Error & { code?: string };
  return WORDS[code ?? name] ?? WORDS[name] ?? `of this: ${code ?? message}`;
}
