import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SketchImageGenerator } from '../../src/adapters/image-generator/sketch.ts';
import type { GenerationRecord } from '../../src/domain/budget/generation-record.ts';
import { dishPrompt } from '../../src/domain/cafe/dish-prompt.ts';
import { type Country, countryByCode } from '../../src/domain/countries/country.ts';
import { DAY_MS, type Day, dayAt, startOf } from '../../src/domain/kernel/day.ts';

/** Pictures on the days before today, the last day first. */
const PER_DAY = [7, 4, 9, 6, 2, 3, 8, 5, 10, 7, 3, 1, 4, 6, 8, 5, 2, 3, 6, 4];
/** Different pictures. More of them take long to draw and show nothing more. */
const DESIGNS = 28;
const COUNTRIES = ['FR', 'JP', 'IT', 'MX', 'IN', 'KR', 'PT', 'GN', 'VN'].map(countryByCode);
const TITLES = [
  'a-soup-that-waits',
  'bread-and-patience',
  'the-kettle-knows',
  'on-cutting-onions',
  'three-letters-home',
  'the-last-tram',
  'a-garden-in-march',
  'what-the-rain-said',
];
const COST_MICRO_USD = 34_427;

/** Fills a service's data folder with the purchases of some weeks. */
export async function seedHistory(dataFolder: string): Promise<void> {
  const designs = await Promise.all(Array.from({ length: DESIGNS }, (_, n) => draw(n)));
  let first = 0;
  for (const [daysAgo, count] of PER_DAY.entries()) {
    const day = dayAt(Date.now() - (daysAgo + 1) * DAY_MS);
    const folder = path.join(dataFolder, 'generated/v2', day);
    await mkdir(folder, { recursive: true });
    const records: GenerationRecord[] = [];
    for (let n = first; n < first + count; n += 1) {
      const record = recordOf(n, day, (n - first) / count);
      records.push(record);
      const file = `${record.id}-${countryOf(n)?.slug}.png`;
      await writeFile(path.join(folder, file), designs[n % DESIGNS] ?? '');
    }
    await writeFold(dataFolder, day, records.reverse());
    first += count;
  }
}

async function draw(n: number): Promise<Uint8Array> {
  const prompt = dishPrompt(countryOf(n));
  const request = { prompt, seed: String(n), reservedMicroUsd: 0 };
  return (await new SketchImageGenerator().generate(request)).bytes;
}

/** The records of a past day, as the service stores them. */
async function writeFold(folder: string, day: Day, records: GenerationRecord[]): Promise<void> {
  const name = `${day}.${records.length}.${records.length * COST_MICRO_USD}.json`;
  const file = path.join(folder, 'records', name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify({ records }));
}

function recordOf(n: number, day: Day, partOfDay: number): GenerationRecord {
  const at = startOf(day) + DAY_MS * (0.9 - 0.7 * partOfDay);
  return {
    id: uuidOf(n),
    state: 'spent',
    reservedAt: new Date(at - 21_000).toISOString(),
    settledAt: new Date(at).toISOString(),
    page: { type: 'article', path: `/posts/${TITLES[n % TITLES.length]}` },
    country: countryOf(n)?.code ?? null,
    model: 'gpt-image-1.5',
    prompt: dishPrompt(countryOf(n)),
    costMicroUsd: COST_MICRO_USD,
    durationMs: 21_000,
    tokens: { input: 111, output: 1056 },
  };
}

/** Always the same IDs, so that links to pictures stay valid. */
function uuidOf(n: number): string {
  const hex = createHash('sha256').update(`picture ${n}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function countryOf(n: number): Country | undefined {
  return COUNTRIES[n % COUNTRIES.length];
}
