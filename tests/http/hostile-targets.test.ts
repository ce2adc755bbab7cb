import { describe, expect, it } from 'vitest';
import { openAdmin, WITH_ADMIN } from '../support/admin-caller.ts';
import { openTestCafe, type TestCafe } from '../support/open-test-cafe.ts';
import { allThatComes, rawConnection, rawRequest } from '../support/raw-http.ts';

const NOT_A_PATH = [
  'GET http://[::1',
  'GET https://',
  'GET http://cafe.example/health',
  'GET //[::1',
  'GET /\\evil',
  'GET evil.example:443',
  'GET /\xff',
  'GET /#fragment',
  'OPTIONS *',
  'POST http://cafe.example/api/cafe/generate',
];

function sent(cafe: TestCafe, text: string): Promise<string> {
  const socket = rawConnection(cafe.url);
  socket.write(Buffer.from(text, 'latin1'));
  return allThatComes(socket);
}

function everyLineIsJson({ log }: TestCafe): void {
  expect(log.length).toBeGreaterThan(0);
  for (const line of log) JSON.parse(line);
  expect(log.join('')).not.toMatch(/unexpected error/);
}

describe('a request target', () => {
  it.each(NOT_A_PATH)('N14: that is no plain path is refused: %j', async (line) => {
    const cafe = await openTestCafe();
    const answer = await sent(cafe, `${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    const isRefused = answer.startsWith('HTTP/1.1 400 ');
    // A path that begins with two slashes is one; there is nothing at it.
    expect(isRefused || (line === 'GET //[::1' && answer.startsWith('HTTP/1.1 404 '))).toBe(true);
    expect((await cafe.send('/nothing')).status).toBe(404);
    everyLineIsJson(cafe);
  });

  it('N14: two Host headers are refused, on the way to known pages as well', async () => {
    const cafe = await openTestCafe();
    const twice = ['Host: y', 'Connection: close'];
    expect((await cafe.ask('/posts/a')).status).toBe(200);
    expect(await sent(cafe, rawRequest('/posts/a', twice))).toMatch(/^HTTP\/1\.1 400 /);
    const health = 'GET /health HTTP/1.1\r\nHost: x\r\nHost: x\r\nConnection: close\r\n\r\n';
    expect(await sent(cafe, health)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('a cursor of the admin', () => {
  const cursor = (place: unknown) =>
    encodeURIComponent(Buffer.from(JSON.stringify(place)).toString('base64url'));
  const name = '00000000-0000-4000-8000-000000000001';
  const places: [string, unknown][] = [
    ['/images', { day: '9999/99/99', reservedAt: '', name }],
    ['/images', { day: '2026/02/30', reservedAt: '', name }],
    ['/images', { day: '2026/01/01', reservedAt: '', name: '\ud800' }],
    ['/images', { day: '2026/01/01', reservedAt: '', name: '../../x' }],
    ['/images', { day: '2026/01/01', reservedAt: '\ud800', name }],
    ['/images', { day: '2026/01/01', reservedAt: 'yesterday', name }],
    ['/pages', '\ud800'],
    ['/pages', '../../records/x'],
    ['/pages', 'records/x'],
    ['/pages', 'a'.repeat(1500)],
    ['/activity', `9999/99/99/1763700000000-${name}`],
    ['/activity', `2026/13/01/1763700000000-${name}`],
    ['/activity', '\ud800'],
  ];

  it.each(places)('N15: of %s that names no place is refused: %j', async (path, place) => {
    const cafe = await openTestCafe({ env: WITH_ADMIN });
    const admin = await openAdmin(cafe);
    const { status } = await admin.get(`${path}?cursor=${cursor(place)}`);
    expect(status).toBe(400);
    everyLineIsJson(cafe);
  });
});

describe('an address of pictures in another script', () => {
  it('N16: is kept in its ASCII form', async () => {
    const cafe = await openTestCafe({
      env: { PUBLIC_IMAGE_BASE_URL: 'https://bücher.example/bilder/größe/', ...WITH_ADMIN },
    });
    const base = 'https://xn--bcher-kva.example/bilder/gr%C3%B6%C3%9Fe/generated/v2/';
    const { status, body } = await cafe.ask('/posts/a');
    expect([status, body.url.startsWith(base)]).toEqual([200, true]);
    const shown = await cafe.send('/api/cafe/image?path=/posts/a&type=article', {
      redirect: 'manual',
      headers: { 'X-Real-IP': '2.2.2.2' },
    });
    expect([shown.status, shown.headers.get('location')?.startsWith(base)]).toEqual([302, true]);
    expect((await cafe.send('/admin/')).status).toBeLessThan(500);
  });

  it('N16: is allowed as an origin by its ASCII form', async () => {
    const cafe = await openTestCafe({ env: { CORS_ALLOWED_ORIGINS: 'https://bücher.example' } });
    const { status } = await cafe.ask('/posts/a', {
      headers: { Origin: 'https://xn--bcher-kva.example' },
    });
    expect(status).toBe(200);
  });
});
