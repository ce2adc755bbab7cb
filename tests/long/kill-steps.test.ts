import { describe, it } from 'vitest';
import type { Fault } from '../support/faults.ts';
import {
  heard,
  type KillStep,
  killOverAndOver,
  STORE_STEPS,
  unheard,
} from '../support/kill-steps.ts';
import type { S3CallPattern } from '../support/s3-stand-in.ts';

const CLAIM = /^records\/pages\//;
const RECORD = /^records\/\d{4}\//;
const RESERVED = /\.reserved\./;
const SPENT = /\.spent\./;

const s3 = (operation: S3CallPattern['operation'], key: RegExp, fault: Fault) => ({
  s3: { ...(operation && { operation }), key },
  fault,
});

const STEPS: KillStep[] = [
  ...STORE_STEPS,
  ['the page is claimed, unheard', s3('put', CLAIM, unheard)],
  ['the page is claimed', s3('put', CLAIM, heard)],
  ['the reservation is written, unheard', s3('put', RESERVED, unheard)],
  ['the reservation is written', s3('put', RESERVED, heard)],
  ['the day is counted', s3('list', RECORD, unheard)],
  ['the cost is written, unheard', s3('put', SPENT, unheard)],
  ['the cost is written', s3('put', SPENT, heard)],
  ['the reservation is cleared away', s3('delete', RESERVED, heard)],
];

describe('P3, K4: killed when', () => {
  it.concurrent.each(STEPS)(
    '%s, over and over, it never buys more than its budget, and serves every page in the end',
    (...step) => killOverAndOver(step),
    400_000,
  );
});
