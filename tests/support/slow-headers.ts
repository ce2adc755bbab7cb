import { rawConnection } from './raw-http.ts';

/** What an expression or a parser may look at again from each place. */
const FILLS = [' ', ';', '"', ',', '=', '%', ':', 'a', '\t', '\\'];
const HEADERS: readonly (readonly [name: string, start: string])[] = [
  ['Content-Type', 'application/json'],
  ['Content-Type', 'application/json;charset='],
  ['Content-Encoding', 'identity'],
  ['Authorization', 'Bearer x'],
  ['Cookie', '__Host-cafe-admin=x'],
  ['X-Real-IP', '[2a00::1'],
  ['X-Forwarded-For', '2a00::1'],
  ['Origin', 'https://blog.example'],
  ['Accept', 'text/html'],
  ['Accept-Encoding', 'br'],
  ['If-None-Match', '"x"'],
  ['User-Agent', 'Mozilla/5.0 ('],
  ['Range', 'bytes=0-'],
  ['Forwarded', 'for=1'],
  ['Via', '1.1 x'],
  ['X-Made-Up', 'x'],
];
const TARGETS = [
  'POST /api/cafe/generate',
  'GET /api/cafe/image?path=/a&type=article',
  'GET /api/admin/status',
  'GET /bytesized-cafe-app/cafe-image.js',
];
/** Bytes; Node takes no more than 16 KB of headers. */
const SMALL = 3750;
const LARGE = 15_000;
const TRIES = 10;
/** What is four times as long may take four times as long; sixteen times is quadratic. */
const MAX_GROWTH = 8;
/** Milliseconds; less says more of the machine than of the code. */
const NOISE_MS = 15;

/**
 * Headers that take the server in this process more than proportionally longer the longer they are, with
 * the processor time of both lengths. Nothing else may run in this process meanwhile.
 */
export async function slowHeaders(url: string): Promise<string[]> {
  const slow: string[] = [];
  for (const target of TARGETS) {
    for (const [name, start] of HEADERS) {
      for (const fill of FILLS) {
        const costOf = (length: number) =>
          leastCost(
            url,
            `${target} HTTP/1.1\r\nHost: x\r\n${name}: ${start}${fill.repeat(length)}x`,
          );
        const large = await costOf(LARGE);
        if (large < NOISE_MS) continue;
        const small = await costOf(SMALL);
        if (large > small * MAX_GROWTH) {
          slow.push(`${target} ${name} of ${JSON.stringify(fill)}: ${small} and ${large} ms`);
        }
      }
    }
  }
  return slow;
}

/** Of a few tries, as others use the machine, too. */
async function leastCost(url: string, head: string): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n < TRIES && least >= NOISE_MS; n += 1) {
    const before = process.cpuUsage();
    const socket = rawConnection(url);
    const body = head.startsWith('POST') ? '{}' : '';
    socket.end(`${head}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
    await socket.resume().toArray();
    least = Math.min(least, process.cpuUsage(before).user / 1000);
  }
  return least;
}
