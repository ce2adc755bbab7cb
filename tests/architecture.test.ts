import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { forbiddenImports, type SourceFile } from './support/import-rules.ts';
import { waitsForTime } from './support/waiting-rules.ts';

const ROOT = path.join(import.meta.dirname, '..');
const MAX_LINES = 250;
/** A frozen table is as long as the world has countries. */
const TABLES = ['src/domain/countries/country-table.ts'];

function sources(...folders: string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => {
        const file = path.join(entry.parentPath, entry.name);
        const name = path.relative(ROOT, file).split(path.sep).join('/');
        return { name, text: readFileSync(file, 'utf8') };
      }),
  );
}

const src = sources('src');

describe('the structure', () => {
  it('lets every file import only what its place allows', () => {
    expect(src.length).toBeGreaterThan(30);
    expect(
      [...src, ...sources('embed', 'admin', 'packages/sketch-painter/src')].flatMap(
        forbiddenImports,
      ),
    ).toEqual([]);
  });

  it.each([
    ['src/domain/x.ts', "import OpenAI from 'openai';"],
    ['src/domain/x.ts', "import { S3Client } from '@aws-sdk/client-s3';"],
    ['src/domain/x.ts', "import { readFile } from 'node:fs/promises';"],
    ['src/domain/x.ts', "const sharp = await import('sharp');"],
    ['src/domain/x.ts', "export { x } from '../app/x.ts';"],
    ['src/domain/x.ts', "import type { X } from '../adapters/image-store/s3.ts';"],
    ['src/domain/ports/x.ts', "import '../../app/x.ts';"],
    ['src/adapters/image-store/x.ts', "import Koa from 'koa';"],
    ['src/adapters/image-store/x.ts', "import OpenAI from 'openai';"],
    ['src/adapters/image-store/x.ts', "import { x } from '../image-generator/openai.ts';"],
    ['src/adapters/image-store/x.ts', "import { x } from '../../app/config.ts';"],
    ['src/app/x.ts', "import { Container } from 'inversify';"],
    ['src/app/http/x.ts', "import { x } from '../../adapters/image-store/s3.ts';"],
    ['src/app/x.ts', "import OpenAI from 'openai';"],
    ['src/app/x.ts', "import { Command } from 'commander';"],
    ['src/app/x.ts', "import { run } from '../cli/program.ts';"],
    ['src/cli/x.ts', "import { S3Client } from '@aws-sdk/client-s3';"],
    ['src/cli/x.ts', "import { Container } from 'inversify';"],
    ['admin/x.ts', "import { Page } from '../src/domain/pages/page.ts';"],
    ['admin/x.ts', "import { CafeImage } from '../embed/cafe-image.component.ts';"],
    ['packages/sketch-painter/src/x.ts', "import { x } from '../../../src/domain/x.ts';"],
    ['embed/x.ts', "import { Page } from '../src/domain/pages/page.ts';"],
  ])('would not let %s say %s', (name, text) => {
    expect(forbiddenImports({ name, text })).toHaveLength(1);
  });

  it('reads the environment and ends the process in the two main.ts alone', () => {
    const users = src.filter(({ text }) => /process\.(env|exit\b)/.test(text));
    expect(users.map(({ name }) => name)).toEqual(['src/app/main.ts', 'src/cli/main.ts']);
  });

  it('has no decorators, which type stripping does not know', () => {
    const users = src.filter(({ text }) =>
      /^\s*@[a-z]\w*(\(|$)/m.test(text.replace(/\/\*.*?\*\//gs, '')),
    );
    expect(users.map(({ name }) => name)).toEqual([]);
  });

  it(`has no file of more than ${MAX_LINES} lines`, () => {
    const long = [...src, ...sources('embed', 'admin', 'examples', 'packages', 'scripts')]
      .filter(({ name }) => !TABLES.includes(name))
      .filter(({ text }) => text.split('\n').length > MAX_LINES);
    expect(long.map(({ name }) => name)).toEqual([]);
  });

  it('has no file whose name says nothing', () => {
    const vague = /\/(utils?|helpers?|common|misc|shared|manager|service|index)\.ts$/;
    expect(src.filter(({ name }) => vague.test(name)).map(({ name }) => name)).toEqual([]);
  });
});

describe('the tests', () => {
  /** Files that need real time, and why. */
  const NEED_TIME: Record<string, string> = {
    'tests/adapters/filesystem-lock.test.ts': 'a lock that is held must not be taken for a while',
    'tests/adapters/openai-retries.test.ts': 'two timers of one process end in their order',
    'tests/http/http.test.ts': 'a connection has to be idle for longer than a request may take',
    'tests/http/operations/ready.test.ts':
      'half a request has to arrive, which nothing outside can see',
    'tests/contracts/clock.test.ts': 'the system clock is real time',
  };
  const files = sources('tests', 'packages').filter(
    ({ name }) =>
      /\/[\w-]+\.(test|contract)\.ts$/.test(name) && name !== 'tests/architecture.test.ts',
  );

  it('wait for conditions, and measure no time', () => {
    // The long ones create random weather, and their figures are printed.
    const waiting = files
      .filter(({ name }) => !name.startsWith('tests/long/'))
      .filter(waitsForTime);
    // A file that is not allowed to: wait for a condition (expect.poll, vi.waitFor), or control the clock.
    const names = waiting.map(({ name }) => name);
    expect(names.filter((name) => !(name in NEED_TIME))).toEqual([]);
  });

  it.each([
    "import { setTimeout as wait } from 'node:timers/promises';",
    'await new Promise((resolve) => setTimeout(resolve, 100));',
    'await page.waitForTimeout(50);',
    'const started = performance.now();',
  ])('would not do so: %s', (text) => {
    expect(waitsForTime({ name: 'tests/http/x.test.ts', text })).toBe(true);
  });

  it('ask for a service only where their group needs it', () => {
    const asking = (service: string) =>
      files.filter(({ text }) => text.includes(`inject('${service}')`)).map(({ name }) => name);
    expect(asking('radosgw').filter((name) => !/\/s3\//.test(name))).toEqual([]);
    // Those of tests/embed run without a browser, too, and need a suite that does not ask for one.
    const withoutSuite = files
      .filter(({ name }) => name.startsWith('tests/embed/'))
      .filter(({ text }) => !/^(describe|it)[.(]/m.test(text));
    expect(withoutSuite.map(({ name }) => name)).toEqual([]);
    expect(asking('chromium').filter((name) => !/\/(browser|embed)\//.test(name))).toEqual([]);
  });
});
