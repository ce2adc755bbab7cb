import { secret, secretPairs, text, url, webhook, whole } from './environment-values.ts';

/** Variables of the admin, metrics, alerts and traces. */
export const ADMIN_VARIABLES = {
  ADMIN_TOKEN: secret()
    .optional()
    .describe('Opens the admin; in production at least 24 characters, and no admin without it'),
  ADMIN_SESSION_IDLE_MINUTES: whole(1, 1440)
    .default(30)
    .describe('After so long without a request, one has to sign in again'),
  ADMIN_SESSION_HOURS: whole(1, 168).default(12).describe('So long after signing in, in any case'),
  ADMIN_MAX_WRONG_TOKENS: whole(5, 1_000_000)
    .default(100)
    .describe(
      'Wrong tokens in 15 minutes from all addresses; then others get 429, the right one not',
    ),
  ADMIN_BUDGET_CEILING: whole(0, 1_000_000)
    .optional()
    .describe(
      "Most pictures the admin may raise a day's budget to; ten times DAILY_GENERATION_BUDGET by default",
    ),

  METRICS_TOKEN: secret()
    .optional()
    .describe('Opens /metrics; in production at least 24 characters, and no metrics without it'),
  ALERT_WEBHOOK_URL: webhook()
    .optional()
    .describe(
      'Gets alerts for the owner as JSON: Slack, Discord, Mattermost, Rocket.Chat, Google Chat or your own',
    ),
  OTEL_EXPORTER_OTLP_ENDPOINT: url()
    .optional()
    .describe('An OTLP/HTTP collector that gets traces, such as http://localhost:4318'),
  OTEL_EXPORTER_OTLP_HEADERS: secretPairs()
    .default({})
    .describe('Headers for it: name=value, comma-separated, percent-encoded'),
  OTEL_SERVICE_NAME: text().default('bytesized-cafe').describe('What traces call the service'),
};
