/**
 * Runs the service and the blog on separate ports, as in production: builds the blog, starts both, opens
 * the blog in the browser, and stops both on Ctrl-C. `npm run local` builds the element first.
 *
 * `--no-open` opens no browser, `--output FOLDER` writes the blog to another folder than `Output/`.
 * Variables: `PORT` (8080; alias `BACKEND_PORT`), `SITE_PORT` (8000), `BROWSER`, and those of the
 * service.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openBrowser } from './local/open-browser.ts';
import { runLocalStack } from './local/stack.ts';

const START_TIMEOUT_MS = 60_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const say = (line: string) => console.log(line);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => stop.abort());
}
// The reader of the output has gone. Ending with an error would leave the service running.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => stop.abort());

try {
  const { values } = parseArgs({
    options: {
      'no-open': { type: 'boolean', default: false },
      output: { type: 'string', default: path.join(root, 'Output') },
    },
  });
  // The service prefers this name over its alias.
  const backendPort = portOf(process.env.PORT?.trim() ? 'PORT' : 'BACKEND_PORT', 8080);
  const sitePort = portOf('SITE_PORT', 8000);
  const urls = { site: `http://localhost:${sitePort}`, backend: `http://localhost:${backendPort}` };
  const { CORS_ALLOWED_ORIGINS } = process.env;
  await runLocalStack(root, {
    builds: [
      {
        name: 'site',
        command: process.execPath,
        args: ['examples/blog/publish.ts', values.output],
        env: { BYTESIZED_CAFE_API_URL: urls.backend, SITE_URL: urls.site },
      },
    ],
    backend: {
      name: 'backend',
      command: process.execPath,
      args: ['src/app/start.mjs'],
      env: {
        HOST: '127.0.0.1',
        PORT: String(backendPort),
        NODE_ENV: 'development',
        CORS_ALLOWED_ORIGINS: [urls.site, CORS_ALLOWED_ORIGINS].filter(Boolean).join(','),
      },
    },
    backendPort,
    site: values.output,
    sitePort,
    startTimeoutMs: START_TIMEOUT_MS,
    say,
    stop: stop.signal,
    async ready(siteUrl, backendUrl) {
      say(`\nBlog     ${siteUrl}/\nService  ${backendUrl}\nCtrl-C ends both.\n`);
      if (values['no-open'] || (await openBrowser(`${siteUrl}/`, process.env))) return;
      say(`No browser could be opened; open ${siteUrl}/ yourself.`);
    },
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** @throws an Error if it is not a port */
function portOf(variable: string, byDefault: number): number {
  const text = process.env[variable]?.trim() || String(byDefault);
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new Error(`${variable} must be a port, 1 to 65535, and is ${text}`);
}
