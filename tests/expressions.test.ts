import { expect, it, vi } from 'vitest';
import { buildersIn, isSlow, literalsIn } from './support/expressions.ts';

const FOLDERS = ['src', 'embed', 'admin'];

it('N13: uses no regular expression whose time grows faster than the text it reads', () => {
  const found = literalsIn(...FOLDERS);
  expect(found.length).toBeGreaterThan(100);
  const slow = found.filter(({ expression }) => isSlow(expression));
  expect(slow.map(({ file, expression }) => `${file}: ${expression}`)).toEqual([]);
}, 60_000);

it('builds none like that of strings', async () => {
  const built: RegExp[] = [];
  const Recorded = new Proxy(RegExp, {
    construct(target, [pattern, flags]) {
      const expression = Reflect.construct(target, [pattern, flags]) as RegExp;
      built.push(expression);
      return expression;
    },
  });
  vi.stubGlobal('RegExp', Recorded);
  const builders = buildersIn(...FOLDERS);
  // The query makes another module of it: this worker may have loaded the file before.
  for (const file of builders) await import(`${file}?recorded`);
  vi.unstubAllGlobals();
  expect(built.length).toBeGreaterThanOrEqual(builders.length);
  expect(built.filter(isSlow).map(String)).toEqual([]);
}, 60_000);

it.each([
  /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?;?\s*$/i,
  /\/+$/,
  /<[^>]*>/,
  /^(a+)+$/,
])('would find %s', (expression) => {
  expect(isSlow(expression)).toBe(true);
});
