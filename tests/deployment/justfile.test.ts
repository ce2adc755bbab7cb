import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '../..');
const read = (name: string) => readFile(path.join(ROOT, name), 'utf8');

describe('the justfile', () => {
  it('R0-121: has every task by its name, each an npm script', async () => {
    const text = await read('justfile');
    const recipes = [...text.matchAll(/^([\w-]+)(?: \*\w+)?:\n {4}@?npm (?:run )?([\w:]+)/gm)];
    const { scripts } = JSON.parse(await read('package.json'));
    for (const [, , script] of recipes) expect(Object.keys(scripts)).toContain(script);
    const names = recipes.map(([, name]) => name);
    expect(names).toEqual(
      expect.arrayContaining(
        'client site site-local backend local site-release site-deploy validate-deployment'.split(
          ' ',
        ),
      ),
    );
    expect(names).toHaveLength([...text.matchAll(/^[\w-]+(?: \*\w+)?:/gm)].length);
    expect(text).toMatch(/^alias wasm := client$/m);
  });
});
