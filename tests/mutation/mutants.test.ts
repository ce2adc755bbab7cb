import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { MUTANTS } from './mutants.ts';

const ROOT = path.join(import.meta.dirname, '../..');

it('every mutant changes one place, and names tests that exist', () => {
  const wrong = MUTANTS.filter(({ file, text, tests }) => {
    const source = readFileSync(path.join(ROOT, 'src', file), 'utf8');
    const isThereOnce = source.split(text).length === 2;
    return !isThereOnce || !existsSync(path.join(ROOT, 'tests', `${tests}.test.ts`));
  });
  expect(wrong).toEqual([]);
});
