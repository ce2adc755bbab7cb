import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { GROUPS, SERVICE } from './groups.ts';

const ROOT = path.join(import.meta.dirname, '..');
const find = (include: string[], exclude: string[] = []) =>
  globSync(include, { cwd: ROOT, exclude });

const filesOf = Object.entries(GROUPS).map(
  ([name, { include, exclude }]) => [name, new Set(find(include, exclude))] as const,
);

describe('the groups of tests', () => {
  it('have every file in one group, and those of the element in two', () => {
    const groupsOf = (file: string) =>
      filesOf.filter(([, files]) => files.has(file)).map(([name]) => name);
    const files = find(['tests/**/*.test.ts', 'packages/*/tests/**/*.test.ts']);
    expect(files.length).toBeGreaterThan(150);
    const misplaced = files
      .map((file) => ({ file, groups: groupsOf(file) }))
      .filter(({ file, groups }) => groups.length !== (isOfElement(file) ? 2 : 1));
    expect(misplaced).toEqual([]);
  });

  it('find each file of the service that they list, in one place', () => {
    const names = find(GROUPS.service?.include ?? []).map((file) => path.basename(file));
    expect(names.toSorted()).toEqual(SERVICE.map((name) => `${name}.test.ts`).toSorted());
  });

  it('are all run by .ci/run', () => {
    const gate = readFileSync(path.join(ROOT, '.ci/run'), 'utf8');
    const run = [...gate.matchAll(/^tests ([\w-]+) /gm)].map(([, name]) => name);
    expect(run.toSorted()).toEqual(Object.keys(GROUPS).toSorted());
  });
});

const isOfElement = (file: string) => /^tests\/(element|embed)\//.test(file);
