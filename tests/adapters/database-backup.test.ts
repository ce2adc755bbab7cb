import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { backUp, RestoreError, restore } from '../../src/adapters/postgres/backup.ts';
import { openTestDatabase, type TestDatabase } from '../support/embedded-database.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened.close());
beforeEach(() => opened.empty());

const NOON = Date.UTC(2026, 10, 21, 12);

async function fill(generations: number): Promise<void> {
  await opened.database.run(async (queries) => {
    await queries
      .insertInto('accounts')
      .values({ id: 'blog', created_at: new Date(NOON) })
      .execute();
    await queries
      .insertInto('api_keys')
      .values({
        id: randomUUID(),
        account: 'blog',
        name: 'l’été "quoted" \\ \u{1F35C}',
        digest: 'ab'.repeat(32),
        prefix: 'cafe_abcd',
        last_four: 'wxyz',
        scopes: ['generate', 'read'],
        created_at: new Date(NOON),
        expires_at: null,
        revoked_at: null,
        last_used_at: new Date(NOON + 1),
      })
      .execute();
    await queries
      .insertInto('page_notes')
      .values({ page: 'article/a', note: JSON.stringify({ making: ['x'] }), version: 2 ** 52 })
      .execute();
    for (let n = 0; n < generations; n += 1) {
      await queries
        .insertInto('generations')
        .values({
          id: randomUUID(),
          day: '2026/11/21',
          account: '',
          state: 'spent',
          reserved_at: new Date(NOON + n),
          settled_at: null,
          page_type: 'article',
          page_path: `/posts/${n}`,
          country: null,
          model: 'm',
          prompt: 'p',
          cost_micro_usd: 34_000,
          duration_ms: null,
          tokens_in: null,
          tokens_out: null,
          reason: null,
        })
        .execute();
    }
  });
}

async function everything(): Promise<unknown[]> {
  const { database } = opened;
  return database.run(async (queries) => [
    await queries.selectFrom('accounts').selectAll().execute(),
    await queries.selectFrom('api_keys').selectAll().execute(),
    await queries.selectFrom('page_notes').selectAll().execute(),
    await queries.selectFrom('generations').selectAll().orderBy('id').execute(),
  ]);
}

async function linesOf(): Promise<string[]> {
  const lines: string[] = [];
  await backUp(
    opened.database,
    async (line) => {
      lines.push(line);
    },
    NOON,
  );
  return lines;
}

async function* stream(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

describe('a backup', () => {
  it('restores every row exactly, however many there are', async () => {
    await fill(1201);
    const before = await everything();
    const lines = await linesOf();
    await opened.empty();
    const counts = await restore(opened.database, stream(lines));
    expect(counts).toEqual({ accounts: 1, api_keys: 1, page_notes: 1, generations: 1201 });
    expect(await everything()).toEqual(before);
  });

  it('is not restored over rows', async () => {
    await fill(1);
    const lines = await linesOf();
    await expect(restore(opened.database, stream(lines))).rejects.toThrow(/has rows/);
  });

  it('is restored as a whole or not at all', async () => {
    await fill(2);
    const lines = await linesOf();
    await opened.empty();
    const damaged = [
      lines.map((line) => line.replace('"spent"', '"lost"')),
      lines.slice(0, -1),
      lines.toSpliced(-2, 1),
      [...lines.slice(0, -2), lines.at(-2)?.slice(0, 50) ?? ''],
    ];
    for (const each of damaged) {
      await expect(restore(opened.database, stream(each))).rejects.toThrow();
      expect((await everything()).flat()).toEqual([]);
    }
  });

  it.each([
    ['nothing', []],
    ['another file', ['{"hello":1}']],
    ['a picture', ['\u0089PNG']],
    [
      'a later version',
      [
        JSON.stringify({
          format: 'bytesized-cafe database',
          version: 1,
          createdAt: 0,
          migrations: ['0001-budget', '9999-tomorrow'],
        }),
      ],
    ],
  ])('is refused if it is %s', async (_, lines) => {
    await expect(restore(opened.database, stream(lines))).rejects.toBeInstanceOf(RestoreError);
  });
});
