import OpenAI, { APIError } from 'openai';

/** What OpenAI says of a model to the holder of a key. */
export type ModelAccess =
  | { kind: 'known' }
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
  { apiKey, baseUrl }: { apiKey: string; baseUrl: string | undefined },
  model: string,
  signal: AbortSignal,
): Promise<ModelAccess> {
  // The nulls and the log level keep the SDK from looking for these settings in the environment.
  const client = new OpenAI({
    apiKey,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: baseUrl ?? null,
    logLevel: 'off',
    maxRetries: 1,
  });
  try {
    await client.models.retrieve(model, { signal });
    return { kind: 'known' };
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

/** The innermost error's code; what it says where it has none. */
function codeOf(error: unknown): string {
  let innermost: unknown = error;
  while (innermost instanceof Error && innermost.cause instanceof Error)
    innermost = innermost.cause;
  const { code, message } = innermost as Error & { code?: string };
  return code ?? message;
}
