import { describe, expect, it } from 'vitest';
import { type ConfigError, loadConfig } from '../../src/app/config/config.ts';
import { productionEnvironment } from '../support/production-environment.ts';

const production = productionEnvironment({
  s3: 'https://s3.example',
  openai: 'https://ai.example',
});

const watching = (env: Record<string, string>) => loadConfig(env).watching;

function problems(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
}

describe('watching', () => {
  it('is off in production where nothing is said, but for the log', () => {
    expect(watching(production)).toEqual({
      hasMetrics: false,
      metricsToken: undefined,
      alertWebhookUrl: undefined,
      traces: undefined,
    });
    expect(watching({}).hasMetrics).toBe(true);
  });

  it('takes metrics’ tokens of 24 characters in production, and any elsewhere', () => {
    expect(watching({ METRICS_TOKEN: 'short' }).metricsToken).toBe('short');
    expect(problems({ ...production, METRICS_TOKEN: 'x'.repeat(23) })).toEqual([
      'METRICS_TOKEN must have at least 24 characters in production',
    ]);
    const token = 'x'.repeat(24);
    expect(watching({ ...production, METRICS_TOKEN: token })).toMatchObject({
      hasMetrics: true,
      metricsToken: token,
    });
  });

  it('takes webhooks with whatever is in their addresses, and never shows them', () => {
    const url = 'https://hooks.example/services/T0/B0/canary?code=a&sig=b';
    expect(watching({ ALERT_WEBHOOK_URL: url }).alertWebhookUrl).toBe(url);
    for (const wrong of [
      'hooks.example/canary',
      'ftp://hooks.example/canary',
      'https://a/ canary',
    ]) {
      const [problem, ...others] = problems({ ALERT_WEBHOOK_URL: wrong });
      expect(problem).toMatch(/^ALERT_WEBHOOK_URL must be /);
      expect([problem, ...others].join()).not.toContain('canary');
    }
  });

  it('reads the headers of traces as OpenTelemetry writes them', () => {
    const headersOf = (text: string) =>
      watching({
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318/',
        OTEL_EXPORTER_OTLP_HEADERS: text,
      }).traces;
    expect(headersOf('authorization=Basic%20YTpi, x-scope=a=b')).toEqual({
      endpoint: 'http://localhost:4318',
      headers: { authorization: 'Basic YTpi', 'x-scope': 'a=b' },
      serviceName: 'bytesized-cafe',
    });
    for (const wrong of ['authorization', 'a=b,c', 'a=%zz', '=b']) {
      expect(problems({ OTEL_EXPORTER_OTLP_HEADERS: wrong })).toEqual([
        'OTEL_EXPORTER_OTLP_HEADERS must be name=value, separated by commas',
      ]);
    }
  });
});
