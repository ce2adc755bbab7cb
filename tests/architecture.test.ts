import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { importCycles } from './support/import-cycles.ts';
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

const MAX_FILES = 16;
/** Folders of adapters without a port of their own, and why. */
const NO_PORT: Record<string, string> = {
  outbound: 'several ports download through it',
  postgres: 'every adapter over SQL stands on it',
  tracing: 'it follows the calls of all other ports',
};
/** Ports without a contract suite, and why. */
const NO_CONTRACT: Record<string, string> = {
  'account-spending': 'one adapter, which tests/adapters/account-spending.test.ts covers',
  alerts: 'one adapter, which tests/adapters/webhook.test.ts covers',
  'circuit-breaker': 'one adapter, which tests/adapters/circuit-breaker.test.ts covers',
  'page-list': 'one adapter, which tests/adapters/sitemap.test.ts covers',
};

const src = sources('src');
const pages = sources('embed', 'admin');
const packages = sources('packages').filter(({ name }) => !name.includes('/tests/'));

describe('the structure', () => {
  it('lets every file import only what its place allows', () => {
    expect(src.length).toBeGreaterThan(30);
    expect([...src, ...pages, ...packages].flatMap(forbiddenImports)).toEqual([]);
  });

  it.each([
    ['src/domain/kernel/x.ts', "import OpenAI from 'openai';"],
    ['src/domain/kernel/x.ts', "import { x } from '../countries/country.ts';"],
    ['src/domain/countries/x.ts', "import { x } from '../pages/page.ts';"],
    ['src/domain/pages/x.ts', "import { x } from '../storage/stored-objects.ts';"],
    ['src/domain/storage/x.ts', "import { S3Client } from '@aws-sdk/client-s3';"],
    ['src/domain/storage/x.ts', "import { x } from '../images/image-labels.ts';"],
    ['src/domain/limits/x.ts', "import { x } from '../pages/page.ts';"],
    ['src/domain/accounts/x.ts', "import { x } from '../limits/counters.ts';"],
    ['src/domain/budget/x.ts', "import type { X } from '../monitoring/journal.ts';"],
    ['src/domain/monitoring/x.ts', "import { x } from '../generation/model-memory.ts';"],
    ['src/domain/images/x.ts', "import { x } from '../generation/model-memory.ts';"],
    ['src/domain/generation/x.ts', "import { x } from '../images/image-labels.ts';"],
    ['src/domain/uploads/x.ts', "import { x } from '../images/image-labels.ts';"],
    ['src/domain/cafe/x.ts', "import { x } from '../jobs/submit-job.ts';"],
    ['src/domain/jobs/x.ts', "import { x } from '../cafe/serve-page-image.ts';"],
    ['src/domain/library/x.ts', "import { x } from '../generation/generate-image.ts';"],
    ['src/domain/mirror/x.ts', "import { x } from '../library/search.ts';"],
    ['src/domain/thumbnails/x.ts', "import { x } from '../jobs/submit-job.ts';"],
    ['src/domain/admin/x.ts', "import { readFile } from 'node:fs/promises';"],
    ['src/domain/cafe/x.ts', "const sharp = await import('sharp');"],
    ['src/domain/cafe/x.ts', "export { x } from '../../app/x.ts';"],
    ['src/domain/cafe/x.ts', "import type { X } from '../../adapters/image-store/s3.ts';"],
    ['src/domain/cafe/pool/x.ts', "import '../../../app/x.ts';"],
    ['src/domain/unknown-room/x.ts', "import { x } from '../kernel/day.ts';"],
    ['src/adapters/image-store/x.ts', "import Koa from 'koa';"],
    ['src/adapters/image-store/x.ts', "import OpenAI from 'openai';"],
    ['src/adapters/image-store/x.ts', "import { x } from '../image-generator/openai.ts';"],
    ['src/adapters/image-store/x.ts', "import { x } from '../../app/config/config.ts';"],
    ['src/adapters/image-store/x.ts', "import { x } from '../../domain/cafe/find-page-image.ts';"],
    ['src/adapters/alerts/x.ts', "import { x } from '../../domain/monitoring/raise-alerts.ts';"],
    [
      'src/adapters/geo-locator/x.ts',
      "import { x } from '../../domain/generation/image-generator.ts';",
    ],
    ['src/adapters/geo-locator/x.ts', "import { x } from '../postgres/database.ts';"],
    ['src/adapters/image-generator/x.ts', "import { x } from '../page-list/same-site.ts';"],
    ['src/adapters/outbound/x.ts', "import { x } from '../page-list/same-site.ts';"],
    ['src/adapters/image-store/x.ts', "import { x } from '../outbound/guarded-download.ts';"],
    ['src/adapters/budget-ledger/object-store.ts', "import { sql } from 'kysely';"],
    ['src/adapters/budget-ledger/postgres.ts', "import pg from 'pg';"],
    ['src/adapters/unknown-port/x.ts', "import { x } from '../../domain/kernel/day.ts';"],
    ['src/app/config/x.ts', "import { x } from '../../domain/budget/budget-schedule.ts';"],
    ['src/app/config/x.ts', "import { x } from '../http/refusal.ts';"],
    ['src/app/container/x.ts', "import Koa from 'koa';"],
    ['src/app/x.ts', "import { Container } from 'inversify';"],
    ['src/app/x.ts', "import 'reflect-metadata';"],
    ['src/app/x.ts', "import { openCafe } from './container/container.ts';"],
    ['src/app/x.ts', "import OpenAI from 'openai';"],
    ['src/app/x.ts', "import { Command } from 'commander';"],
    ['src/app/x.ts', "import { run } from '../cli/program.ts';"],
    ['src/app/http/x.ts', "import { x } from '../../adapters/image-store/s3.ts';"],
    ['src/app/http/x.ts', "import { x } from './cafe/fast-lane.ts';"],
    ['src/app/http/cafe/x.ts', "import { x } from '../admin/admin-gate.ts';"],
    ['src/app/http/cafe/x.ts', "import { x } from '../routes.ts';"],
    ['src/app/http/cafe/x.ts', "import { x } from '../../../domain/admin/sessions.ts';"],
    ['src/app/http/admin/x.ts', "import { x } from '../cafe/fast-lane.ts';"],
    [
      'src/app/http/operations/x.ts',
      "import { x } from '../../../domain/cafe/find-page-image.ts';",
    ],
    ['src/app/http/openapi/x.ts', "import { x } from '../admin/admin-api.ts';"],
    ['src/cli/x.ts', "import { S3Client } from '@aws-sdk/client-s3';"],
    ['src/cli/x.ts', "import { Container } from 'inversify';"],
    ['admin/x.ts', "import { Page } from '../src/domain/pages/page.ts';"],
    ['admin/x.ts', "import { Settings } from '../src/app/http/admin/settings-routes.ts';"],
    ['admin/x.ts', "import { CafeImage } from '../embed/cafe-image.component.ts';"],
    ['embed/x.ts', "import type { Page } from '../src/domain/pages/page.ts';"],
    ['packages/sketch-painter/src/x.ts', "import { x } from '../../../src/domain/x.ts';"],
    ['studio/x.ts', "import { AdminApp } from '../admin/main.ts';"],
  ])('would not let %s say %s', (name, text) => {
    expect(forbiddenImports({ name, text })).toHaveLength(1);
  });

  it.each([
    ['src/domain/thumbnails/x.ts', "import type { JobQueue } from '../jobs/job-queue.ts';"],
    ['src/adapters/page-list/x.ts', "import { x } from '../outbound/guarded-download.ts';"],
    ['src/adapters/job-store/postgres.ts', "import { x } from '../postgres/database.ts';"],
    ['src/app/http/cafe/x.ts', "import { label } from '../files/cache-labels.ts';"],
    ['src/app/http/cafe/x.ts', "import type { Operation } from '../openapi/operation.ts';"],
    ['admin/x.ts', "import type { Settings } from '../src/app/http/admin/settings-routes.ts';"],
  ])('lets %s say %s', (name, text) => {
    expect(forbiddenImports({ name, text })).toEqual([]);
  });

  it('has no import cycle', () => {
    expect(importCycles([...src, ...pages, ...packages])).toEqual([]);
  });

  it('would find a cycle of three files', () => {
    const files = [
      { name: 'src/a.ts', text: "import { b } from './b.ts';" },
      { name: 'src/b.ts', text: "export { c } from './c.ts';" },
      { name: 'src/c.ts', text: "import type { A } from './a.ts';" },
    ];
    expect(importCycles(files)).toEqual([['src/a.ts', 'src/b.ts', 'src/c.ts', 'src/a.ts']]);
  });

  it(`has no folder of more than ${MAX_FILES} source files`, () => {
    const folders = Map.groupBy([...src, ...pages, ...packages], ({ name }) =>
      path.posix.dirname(name),
    );
    const full = [...folders]
      .filter(([, files]) => files.length > MAX_FILES)
      .map(([folder, files]) => `${folder}: ${files.length}`);
    expect(full).toEqual([]);
  });

  it('has one port and a contract suite for every folder of adapters', () => {
    const folders = readdirSync(path.join(ROOT, 'src/adapters'));
    const ports = folders.filter((folder) => !(folder in NO_PORT));
    const filesOf = (port: string) =>
      src.filter(({ name }) => name.startsWith('src/domain/') && name.endsWith(`/${port}.ts`));
    expect(ports.filter((port) => filesOf(port).length !== 1)).toEqual([]);
    const suites = readdirSync(path.join(ROOT, 'tests/contracts'));
    const untested = ports.filter((port) => !suites.includes(`${port}.contract.ts`));
    expect(untested).toEqual(Object.keys(NO_CONTRACT).toSorted());
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
    const long = [...src, ...pages, ...packages, ...sources('examples', 'scripts')]
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
    expect(asking('postgres').filter((name) => !/\/database\//.test(name))).toEqual([]);
    // Those of tests/embed run without a browser, too, and need a suite that does not ask for one.
    const withoutSuite = files
      .filter(({ name }) => name.startsWith('tests/embed/'))
      .filter(({ text }) => !/^(describe|it)[.(]/m.test(text));
    expect(withoutSuite.map(({ name }) => name)).toEqual([]);
    expect(asking('chromium').filter((name) => !/\/(browser|embed)\//.test(name))).toEqual([]);
  });
});
