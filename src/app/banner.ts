import path from 'node:path';
import type { About } from './cafe.ts';
import type { Config } from './config/config.ts';

/**
 * The start-up information for a person, on one screen.
 *
 * @param secrets.adminToken a generated token, which must be printed because it is not known yet
 * @param secrets.apiKey the API key of development; absent if the studio is off
 */
export function banner(
  config: Config,
  about: About,
  { adminToken, apiKey }: { adminToken: string | undefined; apiKey: string | undefined },
): string {
  const { localUrl } = config;
  const rows: [string, string][] = [
    ['Demo blog', `${localUrl}/`],
    ['Endpoint', `POST ${localUrl}/api/cafe/generate`],
    ['Health', `${localUrl}/health`],
    ['Pictures', `${about.store.kind}, ${location(config)}`],
    [
      'Made by',
      about.generator.kind === about.generator.model
        ? about.generator.kind
        : `${about.generator.kind}, ${about.generator.model}`,
    ],
    ['Countries', about.locator.kind],
    ['Budget', `${about.dailyBudget} pictures a day (UTC)`],
    ['Origins', config.allowedOrigins.join(', ') || 'this one only (CORS_ALLOWED_ORIGINS)'],
    ['Admin', `${localUrl}/admin/${adminToken ? `  token: ${adminToken}` : ''}`],
    ...(apiKey ? ([['API', `${localUrl}/v1  key: ${apiKey}`]] as [string, string][]) : []),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`);
  return `\n  bytesized-cafe ${about.version} is listening\n\n${lines.join('\n')}\n\n  Press Ctrl-C to stop.\n\n`;
}

function location({ store }: Config): string {
  if (store.kind === 's3') return `${store.bucket} in ${store.region}`;
  return store.kind === 'filesystem'
    ? path.resolve(store.root)
    : 'in memory, lost when the process ends';
}
