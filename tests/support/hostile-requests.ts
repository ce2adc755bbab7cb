import fc from 'fast-check';
import type { FilledRequest } from './held-loop.ts';
import { hostilePath } from './hostile-path.ts';
import { FILLS, HEADERS } from './slow-requests.ts';

/** A request as bytes on a connection, and whether it is one that HTTP allows. */
export interface HostileRequest {
  bytes: Buffer;
  isHttp: boolean;
}

const GENERATE = '/api/cafe/generate';
const PATHS = [
  GENERATE,
  `${GENERATE}?details=1`,
  `${GENERATE}/`,
  '/api/cafe/image',
  '/api/cafe/about',
  '/api/admin/session',
  '/api/admin/images',
  '/api/admin/pages/rebrew',
  '/api/admin/budget',
  '/bytesized-cafe-app/cafe-image.js',
  '/images/generated/v2/x.png',
  '/health',
  '/',
  '*',
  'http://cafe.example/health',
  'http://[::1',
  'https://',
  `http://cafe.example${GENERATE}`,
  'cafe.example:443',
  '//[::1/x',
  '/\\\\evil',
];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'];
const ADDRESSES = [
  ...['2a00::1%a:b', '[2a00::1%eth0]:1', '2a00::1%'],
  ...['8.8.8.8', '2.2.2.2', '1.0.16.1', '2a00:1450:4007:80e::200e', '::ffff:9.9.9.9', '8.8.4.4:99'],
  ...['10.0.0.1', '127.0.0.1', '169.254.169.254', '100.64.1.1', '192.168.1.1', '0.0.0.0', '::1'],
  ...['fe80::1%eth0', 'fd00::1', '64:ff9b::a00:1', '2002:7f00:1::', '::ffff:169.254.169.254'],
  ...['../info', '8.8.8.8/../x', '127.1', '0x7f.1', '2130706433', 'localhost', '%00', '[::]:80'],
];
const HEADER_NAMES = [
  ...['Origin', 'Host', 'Referer', 'Cookie', 'Authorization', 'Accept', 'If-None-Match', 'Range'],
  ...['Content-Type', 'Content-Encoding', 'Expect', 'Upgrade', 'TE', 'X-Forwarded-Host', 'Via'],
  ...['X-HTTP-Method-Override', 'Forwarded', 'X-Request-Id', '__proto__', 'constructor'],
];
const HEADER_VALUES = [
  ...['https://blog.example', 'null', 'http://x', '*/*', 'gzip', 'application/json', 'text/plain'],
  ...['bytes=0-', 'h2c', 'websocket', '100-continue', 'a=b; cafe_session=x', 'Bearer x', '"x"', ''],
];

/** Nearly all that Node takes of headers. */
const LONG = 15_000;

/** Printable, as a header may hold. */
const headerText = fc.oneof(
  fc.constantFrom(...HEADER_VALUES),
  fc.string({ unit: 'grapheme-ascii', maxLength: 40 }),
  fc.stringMatching(/^[\x21-\x7e\x80-\xff]{0,30}$/),
  fc.nat({ max: 20_000 }).map((length) => 'a'.repeat(length)),
  fc
    .tuple(fc.constantFrom(...HEADER_VALUES), fc.constantFrom(' ', ';', '"', ',', '=', '%'))
    .map(([start, fill]) => `${start}${fill.repeat(LONG)}x`),
);
const address = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ADDRESSES) },
  { weight: 2, arbitrary: fc.ipV4() },
  { weight: 2, arbitrary: fc.ipV6() },
  { weight: 1, arbitrary: headerText },
);
const addressHeader = fc.oneof(
  address.map((value) => `X-Real-IP: ${value}`),
  fc.array(address, { maxLength: 4 }).map((all) => `X-Forwarded-For: ${all.join(', ')}`),
);
const otherHeader = fc
  .tuple(fc.constantFrom(...HEADER_NAMES), headerText)
  .map(([name, value]) => `${name}: ${value}`);
/** A value that a parser goes into, and comes to the end of only after thousands of equal characters. */
const filledHeader = fc
  .tuple(fc.constantFrom(...HEADERS), fc.constantFrom(...FILLS))
  .map(([[name, start], fill]) => `${name}: ${start}${fill.repeat(LONG)}x`);
const headers = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.array(fc.oneof(addressHeader, otherHeader), { maxLength: 4 }),
  },
  { weight: 1, arbitrary: fc.tuple(filledHeader) },
);

const pagePath = fc.oneof(
  { weight: 4, arbitrary: hostilePath() },
  { weight: 2, arbitrary: fc.nat({ max: 300 }).map((n) => `/posts/${n}`) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 80 }) },
  { weight: 1, arbitrary: fc.webUrl() },
  { weight: 1, arbitrary: fc.nat({ max: 2000 }).map((length) => `/${'é'.repeat(length)}`) },
);
const pageType = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('index', 'article', 'archive') },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
);
const context = fc.record({ pagePath, pageType });
/** Within the 4 KB that most routes take, and beyond. */
const filledBody = fc
  .tuple(
    fc.constantFrom('', '{"context":', '{"context":{"pagePath":"/', '{"context":{"pageType":"'),
    fc.constantFrom(' ', ';', '\\"', ',', '=', '%', '\\\\', '\t', '/', '.', '-', '[', '\ud800'),
    fc.constantFrom(1000, 1900, 4000, LONG),
  )
  .map(([start, fill, length]) => `${start}${fill.repeat(length)}","pageType":"article"}}`);
const body = fc.oneof(
  { weight: 6, arbitrary: context.map((of) => JSON.stringify({ context: of })) },
  { weight: 1, arbitrary: fc.json() },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        context,
        fc.dictionary(fc.constantFrom('__proto__', 'toString', 'context'), fc.anything()),
      )
      .map(([of, more]) => `{"context":${JSON.stringify(of)},"__proto__":${JSON.stringify(more)}}`),
  },
  { weight: 1, arbitrary: fc.nat({ max: 9000 }).map((depth) => '['.repeat(depth)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  { weight: 1, arbitrary: filledBody },
);

function request(line: string, fields: readonly string[], content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content as string);
  const head = [line, 'Host: cafe.example', ...fields, `Content-Length: ${bytes.length}`];
  return Buffer.concat([
    Buffer.from(`${head.join('\r\n')}\r\nConnection: close\r\n\r\n`, 'latin1'),
    bytes,
  ]);
}

const generate = fc
  .tuple(fc.constantFrom(GENERATE, `${GENERATE}?details=1`), headers, body)
  .map(([path, fields, content]) => {
    const hasType = fields.some((field) => field.startsWith('Content-Type:'));
    const type = hasType ? [] : ['Content-Type: application/json'];
    return request(`POST ${path} HTTP/1.1`, [...type, ...fields], content);
  });
const query = fc
  .record({ path: pagePath, type: pageType, rendition: fc.constantFrom('card', '480', 'x') })
  .map((of) => `/api/cafe/image?${new URLSearchParams(toWellFormed(of))}`);
const target = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...PATHS) },
  { weight: 2, arbitrary: query },
  { weight: 2, arbitrary: fc.webPath().map((path) => path || '/') },
  { weight: 1, arbitrary: fc.stringMatching(/^\/[\x21-\x7e]{0,60}$/) },
);
const anyRoute = fc
  .tuple(fc.constantFrom(...METHODS), target, headers, body)
  .map(([method, path, fields, content]) => request(`${method} ${path} HTTP/1.1`, fields, content));

/** A request of which some bytes are cut out, changed or put in. */
const damaged = fc
  .tuple(
    fc.oneof(generate, anyRoute),
    fc.array(
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.uint8Array({ maxLength: 4 })),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
    fc.boolean(),
  )
  .map(([whole, changes, isCutting]) =>
    changes.reduce((bytes, [where, piece]) => {
      const at = Math.floor(where * bytes.length);
      const rest = bytes.subarray(isCutting ? at + 3 : at);
      return Buffer.concat([bytes.subarray(0, at), piece, rest]);
    }, whole),
  );
const chunked = fc
  .array(
    fc.constantFrom(
      '5\r\nhello\r\n',
      '0\r\n\r\n',
      'fffffffffffffffff\r\n',
      '-1\r\n',
      '2;x=y\r\n{}\r\n',
    ),
    {
      maxLength: 6,
    },
  )
  .map((chunks) =>
    Buffer.from(
      `POST ${GENERATE} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${chunks.join('')}`,
    ),
  );
const noise = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));

/** Requests that are well formed and ask for anything, and bytes that are none. */
export function hostileRequest(): fc.Arbitrary<HostileRequest> {
  const http = fc.oneof({ weight: 5, arbitrary: generate }, { weight: 4, arbitrary: anyRoute });
  const bytes = fc.oneof(
    { weight: 4, arbitrary: damaged },
    { weight: 1, arbitrary: chunked },
    { weight: 1, arbitrary: noise },
  );
  return fc.oneof(
    { weight: 7, arbitrary: http.map((of) => ({ bytes: of, isHttp: true })) },
    { weight: 3, arbitrary: bytes.map((of) => ({ bytes: of, isHttp: false })) },
  );
}

/**
 * The same request with fillings of another length, and the length that they have; `undefined` for one without
 * a thousand equal characters in a row in its target or headers.
 */
export function refilled({
  bytes,
  isHttp,
}: HostileRequest): { length: number; request: FilledRequest } | undefined {
  if (!isHttp) return undefined;
  const end = bytes.indexOf('\r\n\r\n');
  const runs = /(.)\1{999,}/g;
  const head = bytes.toString('latin1', 0, end);
  const length = Math.max(...Array.from(head.matchAll(runs), ([run]) => run.length));
  if (!Number.isFinite(length)) return undefined;
  const request = (most: number) => {
    const shorter = head.replace(runs, (run) => run.slice(0, most));
    return Buffer.concat([Buffer.from(shorter, 'latin1'), bytes.subarray(end)]);
  };
  return { length, request };
}

function toWellFormed(of: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(of).map(([name, text]) => [name, text.toWellFormed()]));
}
