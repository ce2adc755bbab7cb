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
  /** Codes, `null` for readers whose country is unknown. */
  countries: readonly (string | null)[];
  most: number;
};

/** Speaks to `/api/admin/warming` of a running service, with the admin's token. */
export class PreGenerationApi {
  readonly #url: string;
  readonly #token: string;

  /** @param service its address, without a slash at its end */
  constructor(service: string, token: string) {
    this.#url = `${service}/api/admin/warming`;
    this.#token = token;
  }

  /** `null` where none was started. */
  async job(): Promise<PreGenerationJob | null> {
    return ((await this.#ask('GET')) as { job: PreGenerationJob | null }).job;
  }

  async estimate(request: PreGenerationRequest): Promise<PreGenerationEstimate> {
    return (await this.#ask('POST', { ...request, dryRun: true })) as PreGenerationEstimate;
  }

  async start(request: PreGenerationRequest): Promise<PreGenerationJob> {
    return (await this.#ask('POST', request)) as PreGenerationJob;
  }

  /** The job as it was stopped; what is being painted is finished. */
  async stop(): Promise<PreGenerationJob> {
    return ((await this.#ask('DELETE')) as { job: PreGenerationJob }).job;
  }

  /** @throws CommandError in words for the owner; it never shows the token */
  async #ask(method: string, body?: unknown): Promise<unknown> {
    const answer = await fetchText(this.#url, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if ('unreachable' in answer) throw new CommandError(`${this.#url} ${outcomeOf(answer)}.`);
    const { status, text } = answer;
    const json = parsed(text);
    if (status >= 200 && status < 300) return json;
    throw new CommandError(HINTS[status] ?? messageIn(json) ?? `${this.#url} answers ${status}.`);
  }
}

/** A sitemap may have to be read before the answer. */
const ANSWER_MS = 60_000;

const HINTS: Readonly<Record<number, string>> = {
  401: 'The service does not accept ADMIN_TOKEN: it must be the one that the service runs with.',
  404: 'The service has no admin, or is older than this command: set ADMIN_TOKEN where it runs, and look at --service.',
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
  return typeof error?.message === 'string' ? `The service refuses: ${error.message}` : undefined;
}
