import { APIError } from 'openai';
import { type OpenAiAccount, openClient } from './client.ts';
import { boundedFetch } from './fetch.ts';

/** Bytes that a description may have, and milliseconds that one look at all models may take. */
const MAX_BYTES = 64 * 1024;
const LOOK_UP_MS = 10_000;

/** What OpenAI says of a model to the holder of a key. */
export type ModelAccess =
  | {
      kind: 'known';
      /** From which it is not to be had any more, as `YYYY-MM-DD`; absent where none is announced. */
      shutdownDate?: string;
    }
  /** The key is not valid, or is another organisation's. */
  | { kind: 'key_refused' }
  /** The key is valid, and not allowed to ask, or the organisation is not verified. */
  | { kind: 'forbidden' }
  /** There is no such model, or not for this key. */
  | { kind: 'unknown_model' }
  /** An answer that settles nothing, such as 429 or 500. */
  | { kind: 'unclear'; status: number }
  /** @param code of the connection's failure, such as `ECONNREFUSED` */
  | { kind: 'unreachable'; code: string };

/**
 * Asks for a model's description, `GET /v1/models/{model}`, which costs nothing. OpenAI describes
 * models also to organisations that must still be verified to use them. Never throws.
 */
export async function askForModel(
  account: OpenAiAccount,
  model: string,
  signal: AbortSignal,
): Promise<ModelAccess> {
  try {
    const client = openClient(account, {
      maxRetries: 1,
      fetch: boundedFetch(MAX_BYTES, () => {}),
    });
    const description: unknown = await client.models.retrieve(model, { signal });
    const { shutdown_date: end } = Object(description) as { shutdown_date?: unknown };
    return { kind: 'known', ...(typeof end === 'string' ? { shutdownDate: end } : {}) };
  } catch (error) {
    if (!(error instanceof APIError) || error.status === undefined) {
      return { kind: 'unreachable', code: codeOf(error) };
    }
    switch (error.status) {
      case 401:
        return { kind: 'key_refused' };
      case 403:
        return { kind: 'forbidden' };
      case 404:
        return { kind: 'unknown_model' };
      default:
        return { kind: 'unclear', status: error.status };
    }
  }
}

/**
 * The days on which models end, as far as their server says so; other servers than OpenAI's often
 * describe no models at all. Never throws, and ends within ten seconds.
 */
export async function announcedEnds(
  account: OpenAiAccount,
  models: readonly string[],
  signal: AbortSignal,
): Promise<{ model: string; endsOn: string }[]> {
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(LOOK_UP_MS)]);
  const answers = await Promise.all(models.map((model) => askForModel(account, model, inTime)));
  return models.flatMap((model, at) => {
    const answer = answers[at];
    return answer?.kind === 'known' && answer.shutdownDate
      ? [{ model, endsOn: answer.shutdownDate }]
      : [];
  });
}

/** The innermost error's code; what it says where it has none. */
function codeOf(error: unknown): string {
  let innermost: unknown = error;
  while (innermost instanceof Error && innermost.cause instanceof Error)
    innermost = innermost.cause;
  const { code, message } = innermost as Error & { code?: string };
  return code ?? message;
}
