import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Environment } from '../../src/app/config/environment.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(path.join(ROOT, name), 'utf8');

/** The files in some folders whose names end like that, relative to the repository. */
function filesIn(folders: string[], ending: RegExp): string[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && ending.test(entry.name))
      // The benchmark installs packages of its own.
      .filter(({ parentPath }) => !parentPath.split(path.sep).includes('node_modules'))
      .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name))),
  );
}

const FILES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...filesIn(['docs', 'infra', 'bench', 'tests'], /\.md$/),
];
const texts = FILES.map((name) => ({ name, text: read(name) }));
const DECISIONS = filesIn(['docs/decisions'], /^\d{4}-.*\.md$/);
const { scripts } = JSON.parse(read('package.json'));

/** Every match's first group, in all files. */
function named(pattern: RegExp): string[] {
  return texts.flatMap(({ text }) => [...text.matchAll(pattern)].map(([, found = '']) => found));
}

/** A text without its code, where `](` and `#` mean something else. */
function proseOf(text: string): string {
  return text.replaceAll(/^( *)```.*?^\1```$/gms, '');
}

function wordsIn(name: string): number {
  return read(name).split(/\s+/).filter(Boolean).length;
}

/** The anchors that GitHub gives a file's headings. */
function anchorsOf(name: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of proseOf(read(name)).matchAll(/^#+ (.+)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replaceAll(/\]\([^)]*\)/g, '')
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n += 1) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** What is wrong with a link, if anything. */
function flawOf(from: string, link: string): string | undefined {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? from : path.join(path.dirname(from), file);
  if (!existsSync(path.join(ROOT, target))) return `${from}: there is no ${target}`;
  if (anchor === undefined || !target.endsWith('.md')) return undefined;
  return anchorsOf(target).has(anchor) ? undefined : `${from}: ${target} has no #${anchor}`;
}

describe('the documentation', () => {
  it('names only npm scripts that there are', () => {
    const used = named(/npm run (?:--\w+ )*([\w:-]+)/g);
    expect(used).toContain('validate:deployment');
    expect(used.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('gives commands only options that they have', () => {
    const program = filesIn(['src/cli'], /^(program|commands)\.ts$/)
      .map(read)
      .join('');
    const lines = named(/^ *(?:npm run cafe --|npx bytesized-cafe) ([^\n]*(?:\\\n[^\n]*)?)/gm);
    const options = lines.flatMap((line) => line.match(/--[a-z-]+/g) ?? []);
    expect(new Set(options).size).toBeGreaterThan(5);
    expect(
      options.filter(
        (option) => !program.includes(`'${option} `) && !program.includes(`'${option}'`),
      ),
    ).toEqual([]);
  });

  it('starts no script with the Node of the machine, which may be too old', () => {
    const others = filesIn(['scripts', '.github', 'infra', 'src'], /\.(ts|mjs|sh|yml)$/);
    const bare = /\bnode (?:--\S+ )*(?:scripts|bench|tests|examples)\/[\w./-]+\.(?:ts|mjs)/;
    const told = [...texts, ...['justfile', ...others].map((name) => ({ name, text: read(name) }))];
    expect(told.filter(({ text }) => bare.test(text)).map(({ name }) => name)).toEqual([]);
  });

  it('runs only files that there are', () => {
    const used = named(/((?:scripts|src|infra\/aws-cli|tests\/support)\/[\w./-]+\.(?:ts|mjs|sh))/g);
    const missing = used.filter((name) => !existsSync(path.join(ROOT, name)));
    expect(used.length).toBeGreaterThan(5);
    expect(missing).toEqual([]);
  });

  it('describes an architecture of files that there are', () => {
    const there = filesIn(['src', 'admin', 'embed', 'tests'], /\.(ts|mjs)$/).map(
      (name) => `/${name}`,
    );
    const text = ['ARCHITECTURE.md', ...DECISIONS].map(read).join('\n');
    const used = [...text.matchAll(/`([\w./-]+\.(?:ts|mjs))`/g)].map(([, name = '']) => name);
    expect(used.length).toBeGreaterThan(40);
    expect(used.filter((name) => !there.some((one) => one.endsWith(`/${name}`)))).toEqual([]);
  });

  it('links only to files and headings that there are', () => {
    const links = texts.flatMap(({ name, text }) =>
      [...proseOf(text).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, to = '']) => ({
        name,
        to,
      })),
    );
    expect(links.filter(({ to }) => to.includes('#')).length).toBeGreaterThan(10);
    expect(links.flatMap(({ name, to }) => flawOf(name, to) ?? [])).toEqual([]);
  });

  it.each([
    ['a file', 'docs/doctor.md', 'nowhere.md'],
    ['a heading of its own', 'docs/doctor.md', '#nothing'],
    ['a heading elsewhere', 'docs/doctor.md', '../README.md#nothing'],
  ])('would not link to %s that there is not', (_, from, link) => {
    expect(flawOf(from, link)).toContain(from);
  });

  it('has a README of fewer than 700 words, and no page of more than 1,500', () => {
    expect(wordsIn('README.md')).toBeLessThan(700);
    // The generated reference has a line for every variable, to be searched.
    const pages = filesIn(['docs'], /\.md$/).filter((name) => name !== 'docs/configuration.md');
    const long = pages.filter((name) => wordsIn(name) > 1500);
    expect(long).toEqual([]);
  });

  it('has short decisions, each with its context and its consequence, in their index', () => {
    const index = read('docs/decisions/README.md');
    expect(DECISIONS.length).toBeGreaterThan(20);
    for (const name of DECISIONS) {
      const headings = read(name).match(/^## .+$/gm);
      expect(headings, name).toEqual(['## Context', '## Decision', '## Consequence']);
      expect(wordsIn(name), name).toBeLessThan(220);
      expect(index).toContain(`(${path.basename(name)})`);
    }
  });

  it('lists each of its files in docs/README.md', () => {
    const list = read('docs/README.md');
    const names = readdirSync(path.join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
    const missing = names.filter((name) => name !== 'README.md' && !list.includes(`(${name})`));
    expect(missing).toEqual([]);
  });

  it('explains only log messages that there are', () => {
    const sources = filesIn(['src'], /\.ts$/).map(read).join('\n');
    const rows = read('docs/log.md').matchAll(/^(?:\| |- )((?:`[a-z ]+`(?:, )?)+)/gm);
    const messages = [...rows].flatMap(([, cell = '']) => cell.match(/[a-z][a-z ]+/g) ?? []);
    expect(messages).toContain('unstored picture lost');
    const missing = messages
      .filter((message) => message !== 'msg')
      .filter((message) => !sources.includes(`'${message.replaceAll(' ', '_')}'`))
      .filter((message) => !sources.includes(message));
    expect(missing).toEqual([]);
  });

  it('names only variables that something reads', () => {
    const folders = ['src', 'scripts', 'tests', 'bench', 'examples', 'infra', '.github'];
    const sources = filesIn(folders, /\.(ts|mjs|sh|tf|yml)$/).filter(
      (name) => !name.endsWith('docs.test.ts'),
    );
    const words = new Set(
      sources.flatMap((name) => read(name).match(/\b[A-Z][A-Z0-9_]+\b/g) ?? []),
    );
    // Railway's, those of Amazon's command line, and what the guides have their readers make up.
    const others = /^(RAILWAY_(DEPLOYMENT_\w+|RUN_UID)|AWS_PROFILE|EASEL_API_KEY|PUBLIC_CAFE_URL)$/;
    const used = [
      ...named(/`([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=[^`]*)?`/g),
      ...named(/\b([A-Z][A-Z0-9]*_[A-Z0-9_]+)=/g),
    ];
    expect(used).toContain('CORS_ALLOWED_ORIGINS');
    expect(
      used.filter((name) => !(name in Environment.shape) && !words.has(name) && !others.test(name)),
    ).toEqual([]);
  });
});
