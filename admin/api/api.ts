/** Why a request has no answer: the API's own code, or `network` where none came (status 0). */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly code: string;
  readonly status: number;
  /** Where the API said when to ask again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    message: string,
    {
      code,
      status,
      retryAfterSeconds,
    }: { code: string; status: number; retryAfterSeconds?: number | undefined },
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export type Query = Readonly<Record<string, string | number | undefined>>;

interface Options {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

const ROOT = '/api/admin';
/** Who has done nothing for so long may be gone, and what is asked for then keeps no session. */
const ATTENDED_MS = 60_000;
const SIGNS_OF_LIFE = ['keydown', 'pointerdown', 'pointermove', 'touchmove', 'wheel'];

/**
 * The admin's API. Every method throws {@link ApiError}, or the `AbortError` of its signal.
 *
 * @fires signed-out - an answer said that there is no session, or no longer
 */
export class AdminApi extends EventTarget {
  /** To open the page is to be there. */
  #attendedAt = Date.now();

  constructor() {
    super();
    const attend = () => {
      this.#attendedAt = Date.now();
    };
    for (const sign of SIGNS_OF_LIFE) addEventListener(sign, attend, { passive: true });
  }

  /** @param path behind `/api/admin`, such as `/images`; what it contains must be escaped */
  get<T>(path: string, options: Pick<Options, 'query' | 'signal'> = {}): Promise<T> {
    return this.#send('GET', path, options);
  }

  post<T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    return this.#send('POST', path, { body, signal });
  }

  put<T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    return this.#send('PUT', path, { body, signal });
  }

  delete<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.#send('DELETE', path, { signal });
  }

  /** Exchanges the token for a session. Throws with status 401 where it is not the token. */
  async signIn(token: string): Promise<void> {
    await this.#ask('POST', '/session', { body: { token } });
  }

  async signOut(): Promise<void> {
    await this.#ask('DELETE', '/session', {});
    this.dispatchEvent(new Event('signed-out'));
  }

  async #send<T>(method: string, path: string, options: Options): Promise<T> {
    try {
      const answer = await this.#ask(method, path, options);
      return (answer.status === 204 ? undefined : await answer.json()) as T;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        this.dispatchEvent(new Event('signed-out'));
      }
      throw error;
    }
  }

  async #ask(method: string, path: string, { query, body, signal }: Options): Promise<Response> {
    const answer = await fetch(ROOT + path + search(query), {
      method,
      headers: {
        Accept: 'application/json',
        'X-Cafe-Admin': '1',
        ...(Date.now() - this.#attendedAt > ATTENDED_MS ? { 'X-Cafe-Background': '1' } : {}),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    }).catch((error: Error) => {
      if (error.name === 'AbortError') throw error;
      throw new ApiError('The cafe cannot be reached.', { code: 'network', status: 0 });
    });
    if (!answer.ok) throw await failureIn(answer);
    return answer;
  }
}

function search(query: Query = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

async function failureIn(answer: Response): Promise<ApiError> {
  const { status } = answer;
  const seconds = Number(answer.headers.get('Retry-After') ?? Number.NaN);
  const retryAfterSeconds = Number.isFinite(seconds) ? seconds : undefined;
  try {
    const { error } = (await answer.json()) as { error: { code: string; message: string } };
    return new ApiError(error.message, { code: error.code, status, retryAfterSeconds });
  } catch {
    // Not the cafe's own words, so something in front of it answered.
    const message = `The answer was ${status}, without a reason.`;
    return new ApiError(message, { code: 'unknown', status, retryAfterSeconds });
  }
}
