import { type FilledRequest, superlinearCost } from './held-loop.ts';

/** What an expression or a parser may look at again from each place. */
export const FILLS = [' ', ';', '"', ',', '=', '%', ':', 'a', '\t', '\\'];
/** Headers, and the values that a service looks into. */
export const HEADERS: readonly (readonly [name: string, start: string])[] = [
  ['Content-Type', 'application/json'],
  ['Content-Type', 'application/json;charset='],
  ['Content-Encoding', 'identity'],
  ['Authorization', 'Bearer x'],
  ['Cookie', '__Host-cafe-admin=x'],
  ['X-Real-IP', '[2a00::1'],
  ['X-Forwarded-For', '2a00::1'],
  ['Origin', 'https://blog.example'],
  ['Referer', 'https://blog.example'],
  ['Host', 'cafe.example'],
  ['X-Forwarded-Host', 'cafe.example'],
  ['Accept', 'text/html'],
  ['Accept-Encoding', 'br'],
  ['Accept-Language', 'fr'],
  ['If-None-Match', '"x"'],
  ['If-Modified-Since', 'Sun, 29 Nov 2026'],
  ['User-Agent', 'Mozilla/5.0 ('],
  ['Range', 'bytes=0-'],
  ['Expect', '100-continue'],
  ['X-Request-Id', 'x'],
  ['Forwarded', 'for=1'],
  ['Via', '1.1 x'],
  ['X-Made-Up', 'x'],
];
const TARGETS = [
  'POST /api/cafe/generate',
  'GET /api/cafe/image?path=/a&type=article',
  'GET /api/admin/status',
  'POST /api/admin/session',
  'GET /bytesized-cafe-app/cafe-image.js',
];
/** What comes before the filling in a body, and after it. */
const BODIES: readonly (readonly [start: string, end: string])[] = [
  ['', ''],
  ['{"context":', '{}}'],
  ['{"context":{"pagePath":"/a', '","pageType":"article"}}'],
  ['{"context":{"pagePath":"/a","pageType":"', '"}}'],
  ['{"token":"', '"}'],
];
/** What comes before the filling in a request target. */
const QUERIES = ['/api/cafe/image?type=article&path=/a', '/api/cafe/image?', '/a', '/images/'];
/** Bytes; Node takes no more than 16 KB of headers. */
const LONG_HEADER = 15_000;
/** Most routes take no more than 4 KB, and refuse a longer body unread. */
const LONG_BODIES = [3900, 15_000];

/**
 * Requests that take the server in this process more than proportionally longer the longer they are, with what
 * both lengths take. Nothing else may run in this process meanwhile.
 */
export async function slowRequests(url: string): Promise<string[]> {
  const slow: string[] = [];
  for (const [what, long, request] of allRequests()) {
    const cost = await superlinearCost(url, request, long);
    if (cost) slow.push(`${what}: ${cost.short} ms if short, ${cost.long} ms if long`);
  }
  return slow;
}

type Filled = [what: string, long: number, request: FilledRequest];

function* allRequests(): Generator<Filled> {
  for (const fill of FILLS) {
    for (const target of TARGETS) {
      yield* withHeaders(target, fill);
      if (target.startsWith('POST')) yield* withBodies(target, fill);
    }
    for (const query of QUERIES) {
      const filled = (length: number) => bytesOf(`GET ${query}${fill.repeat(length)}x`, []);
      yield [`GET ${query} and ${JSON.stringify(fill)}`, LONG_HEADER, filled];
    }
  }
}

function* withHeaders(target: string, fill: string): Generator<Filled> {
  for (const [name, start] of HEADERS) {
    const what = `${target} with ${name}: ${start} and ${JSON.stringify(fill)}`;
    const filled = (length: number) =>
      bytesOf(target, [`${name}: ${start}${fill.repeat(length)}x`]);
    yield [what, LONG_HEADER, filled];
  }
}

function* withBodies(target: string, fill: string): Generator<Filled> {
  for (const [start, end] of BODIES) {
    const what = `${target} with ${JSON.stringify(fill)} after ${start}`;
    const filled = (length: number) => bytesOf(target, [], start + fill.repeat(length) + end);
    for (const long of LONG_BODIES) yield [what, long, filled];
  }
}

function bytesOf(target: string, headers: readonly string[], body = '{}'): Buffer {
  const names = headers.map((header) => header.split(':', 1)[0]?.toLowerCase());
  const usual = ['Host: x', 'Content-Type: application/json'].filter(
    (header) => !names.includes(header.split(':', 1)[0]?.toLowerCase()),
  );
  const content = target.startsWith('POST') ? body : '';
  const length = `Content-Length: ${Buffer.byteLength(content)}`;
  const head = [`${target} HTTP/1.1`, ...usual, ...headers, length, 'Connection: close'];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${content}`);
}
