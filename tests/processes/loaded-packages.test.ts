import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { productionEnvironment } from '../support/production-environment.ts';

const ROOT = path.join(import.meta.dirname, '../..');

/** Opens a service in a process of its own, and prints what was looked for in `node_modules`. */
const SCRIPT = `
import { registerHooks } from 'node:module';
const packages = new Set();
registerHooks({
  resolve(specifier, context, next) {
    const [, name] = /^((?:@[^/]+\\/)?[^./@:][^/:]*)(?:\\/|$)/.exec(specifier) ?? [];
    if (name) packages.add(name);
    return next(specifier, context);
  },
});
const { loadConfig } = await import('./src/app/config/config.ts');
const { openCafe } = await import('./src/app/container/container.ts');
const cafe = await openCafe(loadConfig(process.env));
await cafe.close();
process.stdout.write(JSON.stringify([...packages]));
`;

async function loadedWith(env: Record<string, string>): Promise<string[]> {
  const urls = { s3: 'http://127.0.0.1:9', openai: 'http://127.0.0.1:9' };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', SCRIPT],
    { cwd: ROOT, env: { ...productionEnvironment(urls), LOG_LEVEL: 'silent', ...env } },
  );
  return JSON.parse(stdout);
}

describe('what nobody has asked for', () => {
  it('is not loaded', async () => {
    const packages = await loadedWith({});
    expect(packages).toContain('pino');
    expect(
      packages.filter((name) => /opentelemetry|prom-client|kysely|^pg$|pglite|jose/.test(name)),
    ).toEqual([]);
  });

  it('is loaded once it is', async () => {
    const packages = await loadedWith({
      METRICS_TOKEN: 'x'.repeat(24),
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    });
    expect(packages).toContain('prom-client');
    expect(packages).toContain('@opentelemetry/sdk-trace');
  });
});
