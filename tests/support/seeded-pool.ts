import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { GenerationRecord } from '../../src/domain/budget/generation-record.ts';
import { COUNTRIES } from '../../src/domain/countries/country.ts';
import { DAY_MS, type Day, dayAt, startOf } from '../../src/domain/kernel/day.ts';
import { tinyPng } from './tiny-png.ts';

/** Different files; more of them would take long to make and tell nothing. */
const DESIGNS = 24;
const COST_MICRO_USD = 34_000;

/**
 * Fills a service's data folder as if it had bought pictures on the days before today, so many on each,
 * from many countries. They were made for `/posts/0`, `/posts/1` and so on, the newest first.
 *
 * @param pool.side pixels of a picture's side
 */
export async function seedPool(
  dataFolder: string,
  { count, perDay, side = 64 }: { count: number; perDay: number; side?: number },
): Promise<void> {
  const designs = Array.from({ length: DESIGNS }, (_, seed) =>
    tinyPng({ seed, width: side, height: side }),
  );
  for (let from = 0; from < count; from += perDay) {
    const day = dayAt(Date.now() - (1 + from / perDay) * DAY_MS);
    const numbers = Array.from({ length: Math.min(perDay, count - from) }, (_, n) => from + n);
    const folder = path.join(dataFolder, 'generated/v2', day);
    await mkdir(folder, { recursive: true });
    const files = numbers.map((n) =>
      writeFile(path.join(folder, `${idOf(n)}-${countryOf(n).slug}.png`), designs[n % DESIGNS]!),
    );
    await Promise.all([...files, writeFold(dataFolder, day, numbers)]);
  }
}

/** The records of a day that is over, as the service keeps them. */
async function writeFold(dataFolder: string, day: Day, numbers: readonly number[]): Promise<void> {
  const records = numbers.map((n) => recordOf(n, day)).reverse();
  const name = `${day}.${numbers.length}.${numbers.length * COST_MICRO_USD}.json`;
  const file = path.join(dataFolder, 'records', name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify({ records }));
}

function recordOf(n: number, day: Day): GenerationRecord {
  const at = startOf(day) + DAY_MS - 1000 * (n % 80_000);
  return {
    id: idOf(n),
    state: 'spent',
    reservedAt: new Date(at - 20_000).toISOString(),
    settledAt: new Date(at).toISOString(),
    page: { type: 'article', path: `/posts/${n}` },
    country: countryOf(n).code,
    model: n % 10 === 0 ? 'gpt-image-2' : 'gpt-image-1.5',
    prompt: `Paint a dish that is popular in ${countryOf(n).name}.`,
    costMicroUsd: COST_MICRO_USD,
    durationMs: 20_000,
  };
}

function idOf(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

function countryOf(n: number) {
  return COUNTRIES[n % COUNTRIES.length]!;
}
