import { LEAST_TOKEN_LENGTH } from './admin-config.ts';
import type { Environment } from './environment.ts';

export interface TracesConfig {
  /** An OTLP/HTTP endpoint without its path, such as `http://localhost:4318`. */
  endpoint: string;
  headers: Readonly<Record<string, string>>;
  serviceName: string;
}

/** How the owner is informed. */
export function monitoringConfig(env: Environment, production: boolean) {
  return {
    /** Whether metrics are enabled. */
    hasMetrics: env.METRICS_TOKEN !== undefined || !production,
    /** The token for `GET /metrics`; without one, access is public. */
    metricsToken: env.METRICS_TOKEN,
    /** Destination of alerts; absent disables them. The address is a secret. */
    alertWebhookUrl: env.ALERT_WEBHOOK_URL,
    /** Destination of traces; absent disables them. */
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

/** Problems of these variables in production, one line each. */
export function monitoringProblems({ METRICS_TOKEN }: Record<string, string>): string[] {
  if (!METRICS_TOKEN || METRICS_TOKEN.length >= LEAST_TOKEN_LENGTH) return [];
  return [`METRICS_TOKEN must have at least ${LEAST_TOKEN_LENGTH} characters in production`];
}
