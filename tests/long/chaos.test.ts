import { describe, it } from 'vitest';
import { CHAOS_LASTS_MS, chaos } from '../support/chaos.ts';
import { standInPlace } from '../support/chaos-place.ts';

describe('three replicas that are harmed at random, over a store that is late, repeats itself and lags', () => {
  it(
    'K1, K4, K8, K11, K12, K14, K15, K17, P3, P9, S2: pay no more than the budget, once for a page, and lose nothing',
    () => chaos('chaos', standInPlace),
    CHAOS_LASTS_MS,
  );
});
