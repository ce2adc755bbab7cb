/** A failed request: with the API's error code, or `network` if there was no response (status 0). */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly code: string;
  readonly status: number;
  /** From `Retry-After`. */
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
/** After this time without input, requests no longer extend the session. */
const ATTENDED_MS = 60_000;
const SIGNS_OF_LIFE = ['keydown', 'pointerdown', 'pointermove', 'touchmove', 'wheel'];

/**
 * Client of the admin's API. Every method throws {@link ApiError}, or the `AbortError` of its signal.
 *
 * @fires signed-out - a response said that there is no session
 */
export class AdminApi extends EventTarget {
  #attendedAt = Date.now();

  constructor() {
    super();
    const attend = () => {
      this.#attendedAt = Date.now();
    };
    for (const sign of SIGNS_OF_LIFE) addEventListener(sign, attend, { passive: true });
  }

  /** @param path below `/api/admin`, such as `/images`, with escaped parts */
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

  /** Exchanges the token for a session. Throws with status 401 if the token is wrong. */
  async signIn(token: string): Promise<void> {
    await this.#request('POST', '/session', { body: { token } });
  }

  async signOut(): Promise<void> {
    await this.#request('DELETE', '/session', {});
    this.dispatchEvent(new Event('signed-out'));
  }

  async #send<T>(method: string, path: string, options: Options): Promise<T> {
    try {
      const answer = await this.#request(method, path, options);
      return (answer.status === 204 ? undefined : await answer.json()) as T;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        this.dispatchEvent(new Event('signed-out'));
      }
      throw error;
    }
  }

  async #request(
    method: string,
    path: string,
    { query, body, signal }: Options,
  ): Promise<Response> {
    const headers = new Headers({ Accept: 'application/json', 'X-Cafe-Admin': '1' });
    if (Date.now() - this.#attendedAt > ATTENDED_MS) headers.set('X-Cafe-Background', '1');
    if (body !== undefined) headers.set('Content-Type', 'application/json');
    const answer = await fetch(ROOT + path + search(query), {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    }).catch((error: Error) => {
      if (error.name === 'AbortError') throw error;
      throw new ApiError('The service is not reachable.', { code: 'network', status: 0 });
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
    // The response is not from the service, but from a proxy in front of it.
    const message = `The response was ${status}, without a reason.`;
    return new ApiError(message, { code: 'unknown', status, retryAfterSeconds });
  }
}
