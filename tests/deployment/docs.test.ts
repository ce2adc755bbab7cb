import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Environment } from '../../src/app/environment.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const FILES = [
  ...['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', 'infra/README.md'],
  'infra/terraform/README.md',
  ...readdirSync(path.join(ROOT, 'docs')).map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md'));

const texts = FILES.map((name) => ({ name, text: readFileSync(path.join(ROOT, name), 'utf8') }));
const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));

/** Every match's first group, in all files. */
function named(pattern: RegExp): string[] {
  return texts.flatMap(({ text }) => [...text.matchAll(pattern)].map(([, found = '']) => found));
}

describe('the documentation', () => {
  it('names only npm scripts that there are', () => {
    const used = named(/npm run (?:--\w+ )*([\w:-]+)/g);
    expect(used).toContain('validate:deployment');
    expect(used.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('runs only files that there are', () => {
    const used = named(/((?:scripts|src|infra\/aws-cli|tests\/support)\/[\w./-]+\.(?:ts|sh))/g);
    expect(used.length).toBeGreaterThan(5);
    expect(used.filter((name) => !existsSync(path.join(ROOT, name)))).toEqual([]);
  });

  it('links only to files that there are', () => {
    const broken = texts.flatMap(({ name, text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)]
        .map(([, target = '']) => path.join(path.dirname(name), target))
        .filter((target) => !existsSync(path.join(ROOT, target)))
        .map((target) => `${name}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it("sets only variables that the service, Railway or this repository's scripts read", () => {
    const sources = readdirSync(path.join(ROOT, 'scripts'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(path.join(ROOT, 'scripts', name), 'utf8'))
      .join('\n');
    const deploy = texts.find(({ name }) => name === 'docs/deploy.md')?.text ?? '';
    const set = [...deploy.matchAll(/\b([A-Z][A-Z0-9_]+_[A-Z0-9_]+)=/g)].map(
      ([, name = '']) => name,
    );
    const railways = /^RAILWAY_(DEPLOYMENT_(DRAINING|OVERLAP)_SECONDS|RUN_UID)$/;
    expect(set).toContain('CORS_ALLOWED_ORIGINS');
    expect(
      set.filter(
        (name) => !(name in Environment.shape) && !sources.includes(name) && !railways.test(name),
      ),
    ).toEqual([]);
  });
});
