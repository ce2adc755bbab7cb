import { describe, expect, it } from 'vitest';
import { allows } from '../../src/cli/doctor/content-security-policy.ts';
import { readPage } from '../../src/cli/doctor/page-markup.ts';

const PAGE = new URL('https://blog.example/posts/hello/');
const SCRIPT = new URL('https://cafe.example/bytesized-cafe-app/cafe-image.js');

describe('a Content-Security-Policy', () => {
  it.each([
    [true, "img-src 'none'"],
    [true, 'script-src https://cafe.example'],
    [true, 'script-src cafe.example'],
    [true, 'script-src http://cafe.example'],
    [true, 'script-src https:'],
    [true, 'script-src *'],
    [true, 'script-src *.example'],
    [true, 'script-src https://cafe.example:443'],
    [true, 'script-src https://cafe.example:*'],
    [true, 'script-src https://cafe.example/bytesized-cafe-app/'],
    [true, 'SCRIPT-SRC HTTPS://CAFE.EXAMPLE'],
    [true, "default-src 'none'; script-src 'self' https://cafe.example"],
    [true, "script-src 'none'; script-src-elem https://cafe.example"],
    [true, "script-src 'strict-dynamic' 'nonce-abc'"],
    [false, "default-src 'self'"],
    [false, "script-src 'none'"],
    [false, 'script-src'],
    [false, 'script-src https://cafe.example.evil'],
    [false, 'script-src *.cafe.example'],
    [false, 'script-src https://cafe.example:8443'],
    [false, 'script-src https://cafe.example/other/'],
    [false, 'script-src https://cafe.example; script-src-elem https://other.example'],
    [false, "script-src https://cafe.example, script-src 'self'"],
    [false, "script-src 'strict-dynamic' 'nonce-other' https://cafe.example"],
    [false, "script-src 'unsafe-inline'"],
  ])('%s: %s', (expected, policy) => {
    const wanted = { directive: 'script-src', url: SCRIPT, nonce: 'abc' } as const;
    expect(allows([policy], PAGE, wanted)).toBe(expected);
  });

  it('has to let through what all of a page’s policies together do', () => {
    const wanted = {
      directive: 'img-src',
      url: new URL('https://pictures.example/a.png'),
    } as const;
    const lenient = 'img-src https://pictures.example';
    expect(allows([lenient, "default-src 'self'"], PAGE, wanted)).toBe(false);
    expect(allows([lenient, lenient], PAGE, wanted)).toBe(true);
    expect(allows([], PAGE, wanted)).toBe(true);
  });

  it('lets what is on the blog itself through as self', () => {
    const own = { directive: 'connect-src', url: new URL('/api/cafe/generate', PAGE) } as const;
    expect(allows(["connect-src 'self'"], PAGE, own)).toBe(true);
  });
});

describe('a page', () => {
  it('is read in whatever way its HTML is written', () => {
    const { elements, scripts, policies } = readPage(`
      <META HTTP-EQUIV=Content-Security-Policy content="img-src 'self'; script-src 'none'">
      <script src=/bytesized-cafe-app/platforms/browser.js type=module></script>
      <script src="/other.js"></script>
      <div data-cafe-image data-page-path='/a>b' data-api-url="https://cafe.example/?a=1&amp;b=2">`);
    expect(policies).toEqual(["img-src 'self'; script-src 'none'"]);
    expect(scripts.map((each) => Object.fromEntries(each))).toEqual([
      { src: '/bytesized-cafe-app/platforms/browser.js', type: 'module' },
    ]);
    expect(elements[0]?.get('data-page-path')).toBe('/a>b');
    expect(elements[0]?.get('data-api-url')).toBe('https://cafe.example/?a=1&b=2');
  });
});
