import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const TESTS = path.join(import.meta.dirname, '..');
const PAGE = path.join(TESTS, 'reliability.md');
/** As titles begin, or a table's entry that a title is made of: one id, or several with commas. */
const TITLE = /['"`]((?:[A-Z]\d[\w-]*, )*[A-Z]\d[\w-]*)(?=: |['"`])/g;
/** Other ids in titles are those of decisions and requirements. */
const ROW = /^([CGSOKPN]\d{1,2}|D[1-378])$/;

interface Row {
  id: string;
  files: string[];
  result: string;
}

const rows: Row[] = readFileSync(PAGE, 'utf8')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, id = '']) => ROW.test(id))
  .map(([, id = '', , , shownBy = '', result = '']) => {
    return { id, files: shownBy === '-' ? [] : shownBy.split(', '), result };
  });

function sourceOf(file: string): string {
  const place = [`${file}.test.ts`, `${file}.ts`].find((name) =>
    existsSync(path.join(TESTS, name)),
  );
  return place ? readFileSync(path.join(TESTS, place), 'utf8') : '';
}

function idsIn(source: string): string[] {
  return [...source.matchAll(TITLE)]
    .flatMap(([, ids = '']) => ids.split(', '))
    .filter((id) => ROW.test(id));
}

describe('the table of what was tried', () => {
  it('has each row once, and all of a kind', () => {
    const most = { C: 14, G: 10, S: 22, O: 14, K: 18, P: 9, N: 18 };
    const all = Object.entries(most).flatMap(([kind, count]) =>
      Array.from({ length: count }, (_, n) => `${kind}${n + 1}`),
    );
    expect(rows.map(({ id }) => id).toSorted()).toEqual(
      [...all, 'D1', 'D2', 'D3', 'D7', 'D8'].toSorted(),
    );
  });

  it('names tests that have the row in a title', () => {
    const wrong = rows.flatMap(({ id, files }) =>
      files.filter((file) => !idsIn(sourceOf(file)).includes(id)).map((file) => `${id}: ${file}`),
    );
    expect(wrong).toEqual([]);
  });

  it('says of a row without a test that it is not built, and of no other', () => {
    const untested = rows.filter(({ files }) => files.length === 0).map(({ id }) => id);
    const notBuilt = rows.filter(({ result }) => result.startsWith('not built'));
    expect(untested).toEqual(notBuilt.map(({ id }) => id));
  });

  it('has every test whose title names a row', () => {
    const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(test|contract)\.ts$/.test(name))
      .filter((name) => path.join(TESTS, name) !== import.meta.filename);
    const missing = files.flatMap((name) => {
      const file = name.replaceAll(path.sep, '/').replace(/(\.test)?\.ts$/, '');
      const ids = new Set(idsIn(readFileSync(path.join(TESTS, name), 'utf8')));
      return [...ids]
        .filter((id) => !rows.find((row) => row.id === id)?.files.includes(file))
        .map((id) => `${id}: ${file}`);
    });
    expect(missing).toEqual([]);
  });
});
