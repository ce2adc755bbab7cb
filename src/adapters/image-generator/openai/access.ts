import { APIError } from 'openai';
import { boundedFetch, type OpenAiAccount, openClient } from './calls.ts';

/** Size limit of a model's description. */
const MAX_BYTES = 64 * 1024;
/** Timeout for looking up all models. */
const LOOK_UP_MS = 10_000;

/** The access of a key to a model. */
export type ModelAccess =
  | {
      kind: 'known';
      /** The announced shutdown as `YYYY-MM-DD`; absent if there is none. */
      shutdownDate?: string;
    }
  /** The key is invalid. */
  | { kind: 'key_refused' }
  /** The key is valid but has no permission, or the organization is not verified. */
  | { kind: 'forbidden' }
  /** The model does not exist, or not for this key. */
  | { kind: 'unknown_model' }
  /** An inconclusive response, such as 429 or 500. */
  | { kind: 'unclear'; status: number }
  /** @param code of the connection failure, such as `ECONNREFUSED` */
  | { kind: 'unreachable'; code: string };

/**
 * Requests a model's description with `GET /v1/models/{model}`, which is free. OpenAI also returns it to
 * organizations that are not yet verified. Never throws.
 */
export async function askForModel(
  account: OpenAiAccount,
  model: string,
  signal: AbortSignal,
): Promise<ModelAccess> {
  try {
    const client = await openClient(account, {
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
 * The shutdown dates that the server reports. Many servers other than OpenAI's report none. Never throws,
 * and ends within ten seconds.
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

/** The code of the innermost error, else its message. */
function codeOf(error: unknown): string {
  let innermost: unknown = error;
  while (innermost instanceof Error && innermost.cause instanceof Error)
    innermost = innermost.cause;
  const { code, message } = innermost as Error & { code?: string };
  return code ?? message;
}
