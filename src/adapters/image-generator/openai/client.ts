import OpenAI, { type ClientOptions } from 'openai';

export interface OpenAiAccount {
  apiKey: string;
  /** Blank or absent: OpenAI's own. */
  baseUrl: string | undefined;
}

/** The SDK, with no settings but those given: the nulls and the log level keep it from the environment. */
export function openClient({ apiKey, baseUrl }: OpenAiAccount, options: ClientOptions): OpenAI {
  return new OpenAI({
    apiKey,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: baseUrl?.trim() || null,
    logLevel: 'off',
    ...options,
  });
}
