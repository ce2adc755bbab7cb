import { randomUUID } from 'node:crypto';
import type { Country } from '../../countries/country.ts';
import { DAY_MS, dayAt } from '../../kernel/day.ts';
import type { ImageKeys, PoolImage } from '../../storage/image-keys.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { RandomOne } from './random-one.ts';

/** The random start of the listing is within this many days before now. */
const DAYS = 28;
/** What S3 returns in one response. */
const MAX_ROWS = 1000;

/**
 * A random image of the dated pool from one page of a listing, of the country if one is among them.
 * The listing starts at a random key, because ids are uniform. Only if nothing follows, a second
 * listing starts at the beginning of the pool. `undefined` for an empty pool.
 */
export async function samplePool(
  store: ObjectStore,
  keys: ImageKeys,
  country: Country | undefined,
  nowMs: number,
): Promise<PoolImage | undefined> {
  const day = dayAt(nowMs - Math.floor(Math.random() * DAYS) * DAY_MS);
  const somewhere = keys.dated({ day, id: randomUUID(), country: undefined });
  for (const after of [somewhere, keys.poolPrefix]) {
    const picture = await samplePage(store, keys, country, after);
    if (picture) return picture;
  }
  return undefined;
}

async function samplePage(
  store: ObjectStore,
  keys: ImageKeys,
  country: Country | undefined,
  after: string,
): Promise<PoolImage | undefined> {
  const sameCountry = new RandomOne<PoolImage>();
  const any = new RandomOne<PoolImage>();
  let rows = 0;
  for await (const { key, size } of store.list(keys.poolPrefix, { after })) {
    const parsed = keys.parse(key);
    if (parsed?.kind === 'dated' && size > 0) {
      any.offer(parsed);
      if (country && parsed.country === country) sameCountry.offer(parsed);
    }
    rows += 1;
    if (rows === MAX_ROWS) break;
  }
  return sameCountry.chosen ?? any.chosen;
}
