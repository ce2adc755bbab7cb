import type {
  PreGenerationEstimate,
  PreGenerationJob,
} from '../../app/http/admin/pages/pre-generation-routes.ts';
import { fetchText, outcomeOf } from '../fetch-text.ts';
import { CommandError } from '../terminal.ts';
import type { ListedPage } from './page-list.ts';

export type PreGenerationRequest = (
  | { source: 'sitemap' }
  | { source: 'pages'; pages: readonly ListedPage[] }
) & {
  /** Country codes; `null` for readers whose country is unknown. */
  countries: readonly (string | null)[];
  most: number;
};

/** Client of `/api/admin/warming`, with the admin token. */
export class PreGenerationApi {
  readonly #url: string;
  readonly #token: string;

  /** @param service its URL, without a slash at its end */
  constructor(service: string, token: string) {
    this.#url = `${service}/api/admin/warming`;
    this.#token = token;
  }

  /** `null` if no job was started. */
  async job(): Promise<PreGenerationJob | null> {
    return ((await this.#request('GET')) as { job: PreGenerationJob | null }).job;
  }

  async estimate(request: PreGenerationRequest): Promise<PreGenerationEstimate> {
    return (await this.#request('POST', { ...request, dryRun: true })) as PreGenerationEstimate;
  }

  async start(request: PreGenerationRequest): Promise<PreGenerationJob> {
    return (await this.#request('POST', request)) as PreGenerationJob;
  }

  /** Returns the stopped job. Images in progress are finished. */
  async stop(): Promise<PreGenerationJob> {
    return ((await this.#request('DELETE')) as { job: PreGenerationJob }).job;
  }

  /** @throws CommandError for the owner, without the token */
  async #request(method: string, body?: object): Promise<unknown> {
    const headers = new Headers({ authorization: `Bearer ${this.#token}` });
    if (body) headers.set('content-type', 'application/json');
    const answer = await fetchText(this.#url, {
      method,
      headers,
      body: body ? JSON.stringify(body) : null,
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if ('unreachable' in answer) throw new CommandError(`${this.#url} ${outcomeOf(answer)}.`);
    const { status, text } = answer;
    const json = parsed(text);
    if (status >= 200 && status < 300) return json;
    throw new CommandError(HINTS[status] ?? messageIn(json) ?? `${this.#url} returns ${status}.`);
  }
}

/** Long, because the service may have to read the sitemap first. */
const ANSWER_MS = 60_000;

const HINTS: Readonly<Record<number, string>> = {
  401: 'The service does not accept ADMIN_TOKEN. Use the same value as the service.',
  404: 'The service has no admin, or is older than this command. Set ADMIN_TOKEN on the server, and check --service.',
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function messageIn(json: unknown): string | undefined {
  const { error } = (json ?? {}) as { error?: { message?: unknown } };
  return typeof error?.message === 'string'
    ? `The service rejected the request: ${error.message}`
    : undefined;
}
