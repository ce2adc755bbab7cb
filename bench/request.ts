/** The requests of the benchmarks, as `load.lua` makes them too. */

export const PATH = '/api/cafe/generate';

export function pagePath(page: number): string {
  return `/posts/a-title-of-usual-length-${page}`;
}

/** A public address; the stand-in for country.is knows its country, of 249. */
export function addressIn(country: number): string {
  return `2.2.${country}.1`;
}

/** What the element sends. */
export function requestFor(page: number, country = 0) {
  return {
    method: 'POST' as const,
    path: PATH,
    headers: {
      'Content-Type': 'application/json',
      Origin: 'https://blog.example',
      'X-Real-IP': addressIn(country),
    },
    body: JSON.stringify({ context: { pagePath: pagePath(page), pageType: 'article' } }),
  };
}

interface AnswerBody {
  url?: string;
  error?: { code: string };
}

export interface Answered {
  status: number;
  headers: Headers;
  body: AnswerBody;
}

/** One request, apart from any load. */
export async function ask(url: string, page: number, country = 0): Promise<Answered> {
  const { path, ...init } = requestFor(page, country);
  const response = await fetch(url + path, init);
  const body = (await response.json()) as AnswerBody;
  return { status: response.status, headers: response.headers, body };
}

/** Of the headers of an answer those that the server's own program sets, not `node:http`. */
export function answerHeaders(headers: Headers): Record<string, string> {
  const own = [...headers].filter(([name]) => !OF_NODE.has(name));
  return Object.fromEntries(own);
}

const OF_NODE = new Set(['connection', 'content-length', 'date', 'keep-alive']);
