import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(path.join(ROOT, name), 'utf8');

interface Manifest {
  name: string;
  version: string;
  workspaces: string[];
  bundleDependencies: string[];
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

const root: Manifest = JSON.parse(read('package.json'));
const workspaces = globSync(root.workspaces, { cwd: ROOT }).map((folder): [string, Manifest] => [
  folder,
  JSON.parse(read(`${folder}/package.json`)),
]);

describe('every workspace', () => {
  it('is one of these', () => {
    expect(workspaces.map(([folder]) => folder)).toEqual(['packages/sketch-painter']);
  });

  it.each(workspaces)('%s has the versions of the root package', (_folder, workspace) => {
    const pinned = { ...root.dependencies, ...root.devDependencies };
    const { dependencies, devDependencies, peerDependencies } = workspace;
    expect(pinned).toMatchObject({ ...dependencies, ...devDependencies, ...peerDependencies });
    expect(root.dependencies?.[workspace.name]).toBe(workspace.version);
  });

  it.each(workspaces)('%s is part of what npm pack makes', (_folder, { name }) => {
    expect(root.bundleDependencies).toContain(name);
  });

  it.each(workspaces)('%s is installed and copied by the Dockerfile', (folder) => {
    const stages = read('Dockerfile').split(/^FROM /m);
    const installing = stages.filter((stage) => stage.includes('npm ci'));
    expect(installing).toHaveLength(2);
    for (const stage of installing) {
      const [before] = stage.split('npm ci');
      expect(before).toContain(`COPY ${folder}/package.json ./${folder}/\n`);
    }
    expect(stages.at(-1)).toContain('COPY packages ./packages\n');
    expect(read('.dockerignore').split('\n')).toContain('!packages');
  });
});
