import { expect, it } from 'vitest';
import { fuzz } from '../support/fuzz-server.ts';

/** FUZZ_SEED brings back a run that failed, FUZZ_REQUESTS makes one longer. */
const { FUZZ_SEED, FUZZ_REQUESTS = '100000' } = process.env;

it('G1, G2, N10: a hundred thousand hostile requests break nothing', async () => {
  const figures = await fuzz(Number(FUZZ_REQUESTS), ...(FUZZ_SEED ? [Number(FUZZ_SEED)] : []));
  process.stdout.write(`fuzz: ${JSON.stringify(figures)}\n`);
  expect(figures.requests).toBeGreaterThanOrEqual(Number(FUZZ_REQUESTS));
}, 3_600_000);
