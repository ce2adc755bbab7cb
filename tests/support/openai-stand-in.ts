import { tinyPng } from './tiny-png.ts';

/** One request as it came in. */
export interface JournalEntry {
  /** Milliseconds since the Unix epoch. */
  at: number;
  method: string;
  /** Path and query. */
  path: string;
  /** By lower-case name. */
  headers: Record<string, string>;
  /** The parsed JSON; the text where it is none. */
  body: unknown;
  /** The status answered; 0 for a connection that was cut, `undefined` while there is no answer. */
  status?: number;
}

/** What an answer can be made of. */
export interface Asked {
  request: Request;
  entry: JournalEntry;
  /** The stand-in's usual answer, for a script that only adds to it. */
  usual(): Response;
}

/** An answer out of turn; see `openai-answers.ts` for ready ones. */
export type ScriptedAnswer = (asked: Asked) => Response | Promise<Response>;

export interface OpenAiStandInOptions {
  /** Milliseconds before each usual answer. */
  latencyMs?: number;
  /** The models there are; any by default. */
  models?: readonly string[];
  /** The announced ends of models, `YYYY-MM-DD`. */
  ends?: Readonly<Record<string, string>>;
  /** The one key that is valid; any by default. */
  key?: string;
  /** Makes the picture of the n-th answer, from 1. */
  picture?: (n: number) => Uint8Array;
  /** Whether answers report tokens. */
  usage?: boolean;
}

/** Output tokens of a square picture of the gpt-image-1 generation. */
const OUTPUT_TOKENS: Readonly<Record<string, number>> = { low: 272, medium: 1056, high: 4160 };

/** `response_format` is not among them: the real API refuses it for these models, too. */
const PARAMETERS = [
  'model',
  'prompt',
  'n',
  'size',
  'quality',
  'background',
  'output_format',
  'output_compression',
  'moderation',
  'user',
];

/**
 * Stands in for OpenAI's images API: `POST .../images/generations`, strict about what it is sent,
 * and a different real PNG each time; and `GET /v1/models/{model}`. `handle` takes and gives what the web platform has, so it can
 * sit behind an interceptor as well as behind a server. A cut connection is `Response.error()`.
 */
export class OpenAiStandIn {
  readonly journal: JournalEntry[] = [];
  latencyMs: number;
  readonly #options: OpenAiStandInOptions;
  readonly #script: ScriptedAnswer[] = [];
  #pictures = 0;

  constructor(options: OpenAiStandInOptions = {}) {
    this.#options = options;
    this.latencyMs = options.latencyMs ?? 0;
  }

  /** Calls that may be billed, so not the daily look-ups of models. */
  get generations(): JournalEntry[] {
    return this.journal.filter(({ method }) => method === 'POST');
  }

  /** The next requests get these answers, one each; then it is as usual again. */
  answerNext(...answers: ScriptedAnswer[]): void {
    this.#script.push(...answers);
  }

  /** Forgets the journal and what is left of the script. */
  reset(): void {
    this.journal.length = 0;
    this.#script.length = 0;
  }

  readonly handle = async (request: Request): Promise<Response> => {
    const entry = await entryFor(request);
    this.journal.push(entry);
    const script = this.#script.shift();
    const usual = () => this.#usual(request, entry);
    if (!script) await pause(this.latencyMs, request.signal);
    const response = await (script ? script({ request, entry, usual }) : usual());
    entry.status = response.status;
    return response;
  };

  #usual(request: Request, entry: JournalEntry): Response {
    const [, model] = /\/v1\/models\/([^/]+)$/.exec(new URL(request.url).pathname) ?? [];
    if (request.method === 'GET' && model) return this.#describe(model, request);
    const refusal = this.#refusal(request, entry);
    if (refusal) return refusal;
    this.#pictures += 1;
    const n = this.#pictures;
    const png = this.#options.picture?.(n) ?? tinyPng({ seed: n, width: 16 + (n % 8) });
    return Response.json(pictureAnswer(png, entry.body, this.#options.usage ?? true));
  }

  #describe(model: string, { headers }: Request): Response {
    const { key, models } = this.#options;
    const sent = headers.get('authorization');
    if (key !== undefined && sent !== `Bearer ${key}`) {
      return errorAnswer(401, { message: `Incorrect API key provided: ${sent}.` });
    }
    if (models && !models.includes(model)) {
      const message = `The model '${model}' does not exist or you do not have access to it.`;
      return errorAnswer(404, { message, code: 'model_not_found' });
    }
    const shutdown_date = this.#options.ends?.[model] ?? null;
    const described = { id: model, object: 'model', created: 1, owned_by: 'system' };
    return Response.json({ ...described, shutdown_date });
  }

  #refusal(request: Request, { body }: JournalEntry): Response | undefined {
    const { pathname } = new URL(request.url);
    if (request.method !== 'POST' || !pathname.endsWith('/images/generations')) {
      return errorAnswer(404, { message: `Invalid URL (${request.method} ${pathname})` });
    }
    if (!/^Bearer \S+$/.test(request.headers.get('authorization') ?? '')) {
      return errorAnswer(401, { message: 'You did not provide an API key.' });
    }
    if (typeof body !== 'object' || body === null) {
      return errorAnswer(400, { message: 'We could not parse the JSON body of your request.' });
    }
    return this.#refusedParameter(body as Record<string, unknown>);
  }

  #refusedParameter(body: Record<string, unknown>): Response | undefined {
    const unknown = Object.keys(body).find((name) => !PARAMETERS.includes(name));
    if (unknown) {
      const message = `Unknown parameter: '${unknown}'.`;
      return errorAnswer(400, { message, code: 'unknown_parameter', param: unknown });
    }
    for (const name of ['model', 'prompt']) {
      if (typeof body[name] === 'string' && body[name] !== '') continue;
      const message = `Missing required parameter: '${name}'.`;
      return errorAnswer(400, { message, code: 'missing_required_parameter', param: name });
    }
    const { models } = this.#options;
    if (models && !models.includes(String(body.model))) {
      const message = `The model '${body.model}' does not exist or you do not have access to it.`;
      return errorAnswer(404, { message, code: 'model_not_found' });
    }
    return undefined;
  }
}

export interface ApiError {
  message: string;
  type?: string;
  code?: string | null;
  param?: string | null;
}

/** An error in the API's shape. */
export function errorAnswer(
  status: number,
  error: ApiError,
  headers: Record<string, string> = {},
): Response {
  const whole = { type: 'invalid_request_error', code: null, param: null, ...error };
  return Response.json({ error: whole }, { status, headers });
}

/** A success in the API's shape. */
export function pictureAnswer(png: Uint8Array, request: unknown, withUsage = true) {
  const { prompt = '', quality = 'auto' } = request as { prompt?: string; quality?: string };
  const painted = quality in OUTPUT_TOKENS ? quality : 'high';
  const text = Math.ceil(prompt.length / 4);
  const output = OUTPUT_TOKENS[painted] ?? 0;
  return {
    created: Math.floor(Date.now() / 1000),
    background: 'opaque',
    output_format: 'png',
    quality: painted,
    size: '1024x1024',
    data: [{ b64_json: Buffer.from(png).toString('base64') }],
    ...(withUsage && {
      usage: {
        input_tokens: text,
        input_tokens_details: { text_tokens: text, image_tokens: 0 },
        output_tokens: output,
        total_tokens: text + output,
      },
    }),
  };
}

async function entryFor(request: Request): Promise<JournalEntry> {
  const text = await request.text();
  const { pathname, search } = new URL(request.url);
  return {
    at: Date.now(),
    method: request.method,
    path: pathname + search,
    headers: Object.fromEntries(request.headers),
    body: parsed(text),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Ends early where the caller has gone. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
