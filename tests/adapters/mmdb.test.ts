import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MmdbGeoLocator } from '../../src/adapters/geo-locator/mmdb.ts';

describe('a country database', () => {
  it('G10: that is missing does not open', async () => {
    await expect(MmdbGeoLocator.open('/no/such.mmdb')).rejects.toThrow(/ENOENT/);
  });

  it('G10: that is no database does not open', async () => {
    const file = path.join(tmpdir(), `cafe-${process.pid}.mmdb`);
    await writeFile(file, 'not a database');
    onTestFinished(() => rm(file));
    await expect(MmdbGeoLocator.open(file)).rejects.toThrow();
  });
});
