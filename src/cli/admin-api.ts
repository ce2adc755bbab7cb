import { fetchText, outcomeOf } from './fetch-text.ts';
import { CommandError } from './terminal.ts';

/** Long, because the service may have to read a sitemap or open its database first. */
const ANSWER_MS = 60_000;

const HINTS: Readonly<Record<number, string>> = {
  401: 'The service does not accept ADMIN_TOKEN. Use the same value as the service.',
  404: 'The service has no admin, or is older than this command. Set ADMIN_TOKEN on the server, and check --service.',
};

/** The service's message for a path that it does not know. */
const UNKNOWN_PATH = 'Not found.';

/** Client of the admin API of a running service, with the admin token. */
export class AdminApi {
  readonly #url: string;
  readonly #token: string;

  /** @param service its URL, without a slash at its end */
  constructor(service: string, token: string) {
    this.#url = `${service}/api/admin`;
    this.#token = token;
  }

  /**
   * @param path below `/api/admin`
   * @throws CommandError for the owner, without the token
   */
  async request(method: string, path: string, body?: object): Promise<unknown> {
    const url = this.#url + path;
    const headers = new Headers({ authorization: `Bearer ${this.#token}` });
    if (body) headers.set('content-type', 'application/json');
    const answer = await fetchText(url, {
      method,
      headers,
      body: body ? JSON.stringify(body) : null,
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if ('unreachable' in answer) throw new CommandError(`${url} ${outcomeOf(answer)}.`);
    const { status, text } = answer;
    const json = parsed(text);
    if (status >= 200 && status < 300) return json;
    throw new CommandError(explained(status, messageIn(json)) ?? `${url} returns ${status}.`);
  }
}

function explained(status: number, message: string | undefined): string | undefined {
  const hint = HINTS[status];
  const isOfRoute = status === 404 && message !== undefined && message !== UNKNOWN_PATH;
  if (hint !== undefined && !isOfRoute) return hint;
  return message === undefined ? undefined : `The service rejected the request: ${message}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function messageIn(json: unknown): string | undefined {
  const { error } = (json ?? {}) as { error?: { message?: unknown } };
  return typeof error?.message === 'string' ? error.message : undefined;
}
