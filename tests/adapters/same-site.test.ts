import { expect, it } from 'vitest';
import { redirectTarget, siteFile } from '../../src/adapters/page-list/same-site.ts';

it.each([
  ['http://blog.example/a', 'https://blog.example/b', 'https://blog.example/b'],
  ['http://blog.example/a', 'https://www.blog.example/b', 'https://www.blog.example/b'],
  ['https://www.blog.example/a', 'https://blog.example/b', 'https://blog.example/b'],
  // A proxy that does not know that it is reached by HTTPS.
  ['https://blog.example/a', 'http://blog.example/b', 'https://blog.example/b'],
  ['https://blog.example:8443/a', '/b', 'https://blog.example:8443/b'],
  ['https://blog.example/a', 'https://blog.example:8443/b', undefined],
  ['https://blog.example/a', 'https://evil.example/b', undefined],
  ['https://blog.example/a', 'https://blog.example.evil.example/b', undefined],
  ['https://blog.example/a', 'file:///etc/passwd', undefined],
  ['https://blog.example/a', undefined, undefined],
])('a redirect from %s to %s leads to %s', (from, location, expected) => {
  expect(redirectTarget(location, new URL(from))?.href).toBe(expected);
});

it.each([
  ['http://blog.example/one.xml', 'https://blog.example/one.xml'],
  ['http://blog.example:22/one.xml', 'https://blog.example/one.xml'],
  ['https://www.blog.example/one.xml', 'https://www.blog.example/one.xml'],
  ['one.xml', 'https://blog.example/maps/one.xml'],
  ['ftp://blog.example/one.xml', undefined],
  ['https://blog.example.evil.example/one.xml', undefined],
  ['', undefined],
])('a file %s of an index on https is asked for as %s', (location, expected) => {
  expect(siteFile(location, new URL('https://blog.example/maps/index.xml'))?.href).toBe(expected);
});
