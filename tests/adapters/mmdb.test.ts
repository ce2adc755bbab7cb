import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MmdbGeoLocator } from '../../src/adapters/geo-locator/mmdb.ts';
import { visitor } from '../contracts/geo-locator.contract.ts';
import { type MmdbValue, tinyMmdb } from '../support/tiny-mmdb.ts';

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

  it.each<[string, MmdbValue, string | undefined]>([
    ['IPinfo’s country.mmdb', { country: 'FR', country_name: 'France', continent: 'EU' }, 'FR'],
    ['IPinfo’s lite', { country: 'France', country_code: 'FR', as_name: 'x' }, 'FR'],
    ['ip-location-db', { country_code: 'FR' }, 'FR'],
    ['MaxMind', { country: { iso_code: 'FR' }, registered_country: { iso_code: 'US' } }, 'FR'],
    ['MaxMind, registered only', { registered_country: { iso_code: 'FR' } }, 'FR'],
    ['a database of networks', { asn: 'AS2200', as_name: 'Renater' }, undefined],
    ['one with a name alone', { country: 'France' }, undefined],
  ])('reads rows of %s', async (_, row, code) => {
    const file = path.join(tmpdir(), `cafe-${process.pid}-rows.mmdb`);
    await writeFile(file, tinyMmdb(row, 1_700_000_000_000));
    onTestFinished(() => rm(file));
    const locator = await MmdbGeoLocator.open(file);
    expect(locator.recall(visitor('8.8.8.8')).country?.code).toBe(code);
    expect(locator.builtAt).toBe(1_700_000_000_000);
  });
});
