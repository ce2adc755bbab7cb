import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CafeError } from '../../../src/domain/kernel/errors.ts';
import { type PageType, pageAt } from '../../../src/domain/pages/page.ts';

const path = (pagePath: string) => pageAt(pagePath, 'article').path;

describe('a page', () => {
  it.each([
    ['/', '/'],
    ['//', '/'],
    ['///', '/'],
    ['/index.html', '/'],
    ['/INDEX.HTML', '/'],
    ['/?x=1', '/'],
    ['/#top', '/'],
    ['/posts/hello', '/posts/hello'],
    ['posts/hello', '/posts/hello'],
    ['/posts/hello/', '/posts/hello'],
    ['/posts//hello', '/posts/hello'],
    ['/./posts/./hello/.', '/posts/hello'],
    ['/posts/%20/a', '/posts/ /a'],
    ['/posts/...', '/posts/...'],
    ['/Posts/HELLO', '/posts/hello'],
    ['/posts/hello?utm_source=feed', '/posts/hello'],
    ['/posts/hello#comments', '/posts/hello'],
    ['/posts/hello?a#b', '/posts/hello'],
    ['/posts/hello#a?b', '/posts/hello'],
    ['/page/2/', '/page/2'],
    ['/page/2/index.html', '/page/2'],
    ['/page/2/index.html/', '/page/2'],
    ['/caf%C3%A9', '/café'],
    ['/cafe\u0301', '/café'],
    ['/a%2Fb', '/a%2fb'],
    ['/a%252Fb', '/a%252fb'],
    ['/a%3Fb%23c', '/a?b#c'],
    ['/%F0%9F%8D%A3', '/🍣'],
  ])('N4, N7: at %j has the canonical path %j', (given, canonical) => {
    expect(path(given)).toBe(canonical);
  });

  it.each([
    ['empty', ''],
    ['of blanks', '   '],
    ['of an escaped blank', '/%20'],
    ['of a blank behind a slash', '/ /'],
    ['of a no-break space', '/%C2%A0'],
    ['of a zero-width space', '/\u200b'],
    ['of a zero-width joiner and a byte order mark', '\u200d\ufeff'],
    ['of a soft hyphen', '/%C2%AD'],
    ['of a Hangul filler', '/\u3164'],
    ['of a dot', '.'],
    ['of dots and slashes', '/./.'],
    ['of three dots', '/...'],
    ['with a parent segment', '/a/../b'],
    ['that ends in a parent segment', '/..'],
    ['with an encoded parent segment', '/%2e%2E/etc'],
    ['with a half-encoded parent segment', '/.%2e/etc'],
    ['with a parent segment behind an encoded slash', '/a%2F..%2Fb'],
    ['with a NUL', '/a%00b'],
    ['with a raw control character', '/a\nb'],
    ['with a C1 control character', '/a%C2%85b'],
    ['with a backslash', '/a\\b'],
    ['with an encoded backslash', '/a%5cb'],
    ['with a broken escape', '/a%zz'],
    ['with a lone percent sign', '/100%'],
    ['with escapes that are not UTF-8', '/%ff%fe'],
    ['with a lone surrogate', '/\ud800'],
    ['of 1,025 bytes', `/${'a'.repeat(1024)}`],
    ['of 1,025 bytes in fewer characters', `/${'é'.repeat(512)}`],
  ])('N4, N6: %s is refused', (_, given) => {
    expect(() => path(given)).toThrowError(expect.objectContaining({ code: 'invalid_page' }));
  });

  it('N6: may have a path of 1,024 bytes', () => {
    expect(path(`/${'a'.repeat(1023)}`)).toHaveLength(1024);
  });

  it.each([
    ['/?p=123', '/?p=123'],
    ['/index.html?p=123&utm_source=feed', '/?p=123'],
    ['/?utm_source=feed&amp=1&p=123#top', '/?p=123'],
    ['/?lang=en&p=123', '/?p=123&lang=en'],
    ['/?p=1&p=2', '/?p=1'],
    ['/?p=&lang=', '/'],
    ['/?p', '/'],
    ['/?q=p=1', '/'],
    ['/#a?p=123', '/'],
    ['/Blog/?p=aB', '/blog?p=aB'],
    ['/?p=a+b%2Fc%26d%3De', '/?p=a%20b%2Fc%26d%3De'],
    ['/?p=%C3%A9', '/?p=%C3%A9'],
    ['/%3Fp=123', '/%3fp=123'],
    ['/what%3F?p=1', '/what%3f?p=1'],
    ['/posts/hello', '/posts/hello'],
  ])(
    'whose site tells pages apart by parameters: %j has the canonical path %j',
    (given, wanted) => {
      const canonical = pageAt(given, 'article', ['p', 'lang']).path;
      expect(canonical).toBe(wanted);
      expect(pageAt(canonical, 'article', ['p', 'lang']).path).toBe(wanted);
    },
  );

  it.each(['/?p=%zz', '/?p=%00', '/?p=..', '/?p=a%5cb', '/?p=\ud800', `/?p=${'a'.repeat(1024)}`])(
    'is refused for its parameter %j',
    (given) => {
      expect(() => pageAt(given, 'article', ['p'])).toThrowError(
        expect.objectContaining({ code: 'invalid_page' }),
      );
      expect(path(given)).toBe('/');
    },
  );

  it('keeps a type of its own', () => {
    expect(pageAt('/', 'index')).toEqual({ type: 'index' satisfies PageType, path: '/' });
  });

  it('is refused with a CafeError or accepted, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (given) => {
        try {
          expect(path(given)).toMatch(/^\//);
        } catch (error) {
          expect(error).toBeInstanceOf(CafeError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
