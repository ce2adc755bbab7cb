import { secret, secretPairs, text, url, webhook, whole } from './values.ts';

/** Variables of the admin, metrics, alerts and traces. */
export const ADMIN_VARIABLES = {
  ADMIN_TOKEN: secret()
    .optional()
    .describe('Enables the admin. In production at least 24 characters'),
  ADMIN_SESSION_IDLE_MINUTES: whole(1, 1440)
    .default(30)
    .describe('Minutes without activity after which a session ends'),
  ADMIN_SESSION_HOURS: whole(1, 168)
    .default(12)
    .describe('Hours from sign-in to the end of a session'),
  ADMIN_MAX_WRONG_TOKENS: whole(5, 1_000_000)
    .default(100)
    .describe(
      'Wrong tokens from all addresses in 15 minutes, after which further wrong ones get 429',
    ),
  ADMIN_BUDGET_CEILING: whole(0, 1_000_000)
    .optional()
    .describe(
      'Highest daily budget the admin may set (default: ten times DAILY_GENERATION_BUDGET)',
    ),

  METRICS_TOKEN: secret()
    .optional()
    .describe('Enables /metrics. In production at least 24 characters'),
  ALERT_WEBHOOK_URL: webhook()
    .optional()
    .describe(
      'Receives alerts as JSON: Slack, Discord, Mattermost, Rocket.Chat, Google Chat or your own',
    ),
  OTEL_EXPORTER_OTLP_ENDPOINT: url()
    .optional()
    .describe('OTLP/HTTP collector for traces, such as http://localhost:4318'),
  OTEL_EXPORTER_OTLP_HEADERS: secretPairs()
    .default({})
    .describe('Headers for the collector: name=value, comma-separated, percent-encoded'),
  OTEL_SERVICE_NAME: text().default('bytesized-cafe').describe('Service name in traces'),
};
