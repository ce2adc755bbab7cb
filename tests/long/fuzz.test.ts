import { expect, it } from 'vitest';
import { fuzz } from '../support/fuzz-server.ts';

/** FUZZ_REQUESTS makes a run longer; FUZZ_SEED brings one back, and FUZZ_PATH of it what failed. */
const { FUZZ_SEED, FUZZ_PATH, FUZZ_REQUESTS = '100000' } = process.env;

it('G1, G2, N10, N13: a hundred thousand hostile requests break nothing', async () => {
  const figures = await fuzz(Number(FUZZ_REQUESTS), {
    ...(FUZZ_SEED ? { seed: Number(FUZZ_SEED) } : {}),
    ...(FUZZ_PATH ? { path: FUZZ_PATH } : {}),
  });
  process.stdout.write(`fuzz: ${JSON.stringify(figures)}\n`);
  expect(figures.requests).toBeGreaterThanOrEqual(Number(FUZZ_REQUESTS));
}, 3_600_000);
