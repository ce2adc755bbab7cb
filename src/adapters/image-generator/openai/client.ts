import OpenAI, { type ClientOptions } from 'openai';

export interface OpenAiAccount {
  apiKey: string;
  /** Empty or absent: OpenAI's URL. */
  baseUrl: string | undefined;
}

/** Creates the SDK's client. The nulls and the log level stop it from reading the environment. */
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
