import { LEAST_TOKEN_LENGTH } from './admin-config.ts';
import type { Environment } from './environment.ts';

export interface TracesConfig {
  /** An OTLP/HTTP endpoint without its path, such as `http://localhost:4318`. */
  endpoint: string;
  headers: Readonly<Record<string, string>>;
  serviceName: string;
}

/** How the owner is told what goes on. */
export function monitoringConfig(env: Environment, production: boolean) {
  return {
    /** Whether there are metrics at all. */
    hasMetrics: env.METRICS_TOKEN !== undefined || !production,
    /** What `GET /metrics` asks for; anybody may see them where it is absent. */
    metricsToken: env.METRICS_TOKEN,
    /** Where alerts are sent; nowhere if absent. The address is a secret. */
    alertWebhookUrl: env.ALERT_WEBHOOK_URL,
    /** Where traces are sent; nowhere if absent. */
    traces: tracesConfig(env),
  };
}

function tracesConfig(env: Environment): TracesConfig | undefined {
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined) return undefined;
  return {
    endpoint,
    headers: env.OTEL_EXPORTER_OTLP_HEADERS,
    serviceName: env.OTEL_SERVICE_NAME,
  };
}

/** What is wrong with this part of a production environment, a line each. */
export function monitoringProblems({ METRICS_TOKEN }: Record<string, string>): string[] {
  if (!METRICS_TOKEN || METRICS_TOKEN.length >= LEAST_TOKEN_LENGTH) return [];
  return [`METRICS_TOKEN must have at least ${LEAST_TOKEN_LENGTH} characters in production`];
}
