import { fetchText, outcomeOf } from '../../fetch-text.ts';
import type { Check } from '../check.ts';
import { failure, ok, type Verdict } from '../finding.ts';

const GENERATE = '/api/cafe/generate';

/** Whether the running service answers, and gives browsers the element. */
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
            'Look whether the service runs, whether its log tells why not, and whether --service is its public address.',
          ),
        ];
      }
      const hasElement = 'text' in script && script.status === 200;
      return [
        ok(`The service answers at ${url}.`),
        hasElement
          ? ok('It gives browsers the element.')
          : failure(
              `${url}/bytesized-cafe-app/cafe-image.js ${outcomeOf(script)}: no page gets the element from here.`,
              'Build it where the service runs, with: npm run build. The container image has it.',
            ),
      ];
    },
  };
}

/**
 * Whether the blog's pages may ask the service. What it posts is no page, so nothing is bought.
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
    (answer) => 'headers' in answer && isLeave(answer.headers, origin),
  );
  const sends = 'headers' in preflight && maySendJson(preflight.headers);
  const isAsked = 'headers' in post && post.status === 400;
  if (allows && sends && isAsked) return ok(`Pages of ${origin} may ask the service.`);
  if (allows && sends) {
    return failure(
      `To a request without a page the service should answer 400; it ${outcomeOf(post)}.`,
      `Look at what ${url} is, and at its log.`,
    );
  }
  return failure(
    `Browsers keep pages of ${origin} from asking the service: it does not allow that origin.`,
    `Add ${origin} to CORS_ALLOWED_ORIGINS, with commas between several, and start the service again; a proxy in front must pass OPTIONS on.`,
  );
}

function isLeave(headers: Headers, origin: string): boolean {
  return ['*', origin].includes(headers.get('access-control-allow-origin') ?? '');
}

function maySendJson(headers: Headers): boolean {
  const methods = headers.get('access-control-allow-methods') ?? '';
  const names = headers.get('access-control-allow-headers') ?? '';
  return /\bPOST\b|\*/.test(methods) && /\bcontent-type\b|\*/i.test(names);
}
