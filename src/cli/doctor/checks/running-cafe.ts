import { fetchText, outcomeOf } from '../../fetch-text.ts';
import type { Check } from '../check.ts';
import { failure, ok, type Verdict } from '../finding.ts';

const GENERATE = '/api/cafe/generate';

/** Checks that the service responds and serves the element. */
export function service(url: string): Check {
  return {
    name: 'service',
    async run({ signal }) {
      const [health, script] = await Promise.all([
        fetchText(`${url}/health`, { signal }),
        fetchText(`${url}/bytesized-cafe-app/cafe-image.js`, { signal }),
      ]);
      if ('unreachable' in health || health.status !== 200) {
        return [
          failure(
            `${url}/health ${outcomeOf(health)}.`,
            'Check that the service runs, read its log, and make sure that --service is its public URL.',
          ),
        ];
      }
      const hasElement = 'text' in script && script.status === 200;
      return [
        ok(`The service responds at ${url}.`),
        hasElement
          ? ok('The service serves the element.')
          : failure(
              `${url}/bytesized-cafe-app/cafe-image.js ${outcomeOf(script)}, so pages cannot load the element.`,
              'Build the element on the server: npm run build. The container image includes it.',
            ),
      ];
    },
  };
}

/**
 * Checks that the blog's pages may call the service. It posts an invalid request, so nothing is bought.
 *
 * @param origins of the blog, such as `https://blog.example`
 */
export function crossOrigin(url: string, origins: readonly string[]): Check {
  return {
    name: 'cross-origin',
    needs: 'service',
    async run({ signal }) {
      const own = new URL(url).origin;
      const others = origins.filter((origin) => origin !== own);
      return Promise.all(others.map((origin) => verdictOn(url, origin, signal)));
    },
  };
}

async function verdictOn(url: string, origin: string, signal: AbortSignal): Promise<Verdict> {
  const endpoint = `${url}${GENERATE}`;
  const [preflight, post] = await Promise.all([
    fetchText(endpoint, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
      signal,
    }),
    fetchText(endpoint, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: '{}',
      signal,
    }),
  ]);
  const allows = [preflight, post].every(
    (answer) => 'headers' in answer && allowsOrigin(answer.headers, origin),
  );
  const allowsJson = 'headers' in preflight && maySendJson(preflight.headers);
  if (allows && allowsJson) {
    if ('headers' in post && post.status === 400) return ok(`Pages of ${origin} may call the API.`);
    return failure(
      `The service should return 400 to an invalid request, but ${endpoint} ${outcomeOf(post)}.`,
      `Check that ${url} is the service, and read its log.`,
    );
  }
  return failure(
    `Browsers block requests from ${origin} to the service, because it does not allow that origin.`,
    `Add ${origin} to CORS_ALLOWED_ORIGINS (a comma-separated list) and restart the service. A proxy must forward OPTIONS requests.`,
  );
}

function allowsOrigin(headers: Headers, origin: string): boolean {
  return ['*', origin].includes(headers.get('access-control-allow-origin') ?? '');
}

function maySendJson(headers: Headers): boolean {
  const methods = headers.get('access-control-allow-methods') ?? '';
  const names = headers.get('access-control-allow-headers') ?? '';
  return /\bPOST\b|\*/.test(methods) && /\bcontent-type\b|\*/i.test(names);
}
