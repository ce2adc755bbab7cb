import { describe, inject, it } from 'vitest';
import { CHAOS_LASTS_MS, chaos } from '../../support/chaos.ts';
import { realPlace } from '../../support/chaos-place.ts';

describe('three replicas that are harmed at random, over a bucket of a real S3 server', () => {
  it(
    'K1, K4, K8, K11, K12, K14, P3, P9, S2: pay no more than the budget, once for a page, and lose nothing',
    () => chaos('chaos over S3', () => realPlace(inject('radosgw')!)),
    CHAOS_LASTS_MS,
  );
});
