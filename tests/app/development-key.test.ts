import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import { loadConfig } from '../../src/app/config/config.ts';
import { openStudio } from '../../src/app/container/studio/open-studio.ts';
import { newApiKeyText } from '../../src/domain/accounts/api-key.ts';
import { openTestDatabase, type TestDatabase } from '../support/embedded-database.ts';

const DATABASE_URL = 'postgres://cafe@127.0.0.1:5432/cafe';
const fileOf = (env: Record<string, string>) => loadConfig(env).developmentKeyFile;

describe('the API key of development', () => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await openTestDatabase();
  });
  afterAll(() => opened.close());

  it('is kept in a file exactly if the database is kept', () => {
    expect(fileOf({ DATA_DIR: 'd' })).toBe('d/development-key');
    expect(fileOf({ IMAGE_STORE: 'memory' })).toBeUndefined();
    // Otherwise each start would add another key to the database.
    expect(fileOf({ IMAGE_STORE: 'memory', DATA_DIR: 'd', DATABASE_URL })).toBe(
      'd/development-key',
    );
  });

  it('is reported if the account has no room for it', async () => {
    const config = loadConfig({ IMAGE_STORE: 'memory' });
    const notice = vi.fn();
    const clock = new ManualClock(Date.UTC(2026, 10, 21, 12));
    const start = async (key: string) => {
      const { database } = opened;
      await (await openStudio(config, { database, clock, notice }, key)).close();
    };
    for (let keys = 0; keys < 100; keys += 1) await start(newApiKeyText());
    expect(notice).not.toHaveBeenCalled();
    await start(newApiKeyText());
    expect(notice).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining('the API key of development is not accepted'),
      { reason: 'too_many_keys' },
    );
  });
});
