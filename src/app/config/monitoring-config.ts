import { LEAST_TOKEN_LENGTH } from './admin-config.ts';
import type { Environment } from './environment.ts';

/** How the owner is told what goes on. */
export interface MonitoringConfig {
  /** Whether there are metrics at all. */
  hasMetrics: boolean;
  /** What `GET /metrics` asks for; anybody may see them where it is absent. */
  metricsToken: string | undefined;
  /** Where alerts are sent; nowhere if absent. The address is a secret. */
  alertWebhookUrl: string | undefined;
  /** Where traces are sent; nowhere if absent. */
  traces: TracesConfig | undefined;
}

export interface TracesConfig {
  /** An OTLP/HTTP endpoint without its path, such as `http://localhost:4318`. */
  endpoint: string;
  headers: Readonly<Record<string, string>>;
  serviceName: string;
}

export function monitoringConfig(env: Environment, production: boolean): MonitoringConfig {
  const {
    METRICS_TOKEN: metricsToken,
    ALERT_WEBHOOK_URL: alertWebhookUrl,
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_HEADERS: headers,
    OTEL_SERVICE_NAME: serviceName,
  } = env;
  return {
    hasMetrics: metricsToken !== undefined || !production,
    ...{ metricsToken, alertWebhookUrl },
    traces: endpoint === undefined ? undefined : { endpoint, headers, serviceName },
  };
}

/** What is wrong with this part of a production environment, a line each. */
export function monitoringProblems({ METRICS_TOKEN }: Record<string, string>): string[] {
  if (!METRICS_TOKEN || METRICS_TOKEN.length >= LEAST_TOKEN_LENGTH) return [];
  return [`METRICS_TOKEN must have at least ${LEAST_TOKEN_LENGTH} characters in production`];
}
