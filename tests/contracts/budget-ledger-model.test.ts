import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FilesystemImageStore } from '../../src/adapters/image-store/filesystem.ts';
import { MemoryImageStore } from '../../src/adapters/image-store/memory.ts';
import type { Day } from '../../src/domain/kernel/day.ts';
import { budgetOverRecords } from '../support/open-budget.ts';
import {
  type Inspect,
  NEAR_THE_END_OF_A_MONTH,
  newSeen,
  runLikeOnPaper,
} from './budget-ledger-model.contract.ts';

const publicBaseUrl = 'https://pictures.example';
const seen = newSeen();
let folds = 0;

/** Closed days are folded with the right totals, and their open calls are never settled. */
const inspectFolds: Inspect = async (paper, { store }) => {
  for await (const { key } of store.list('records/')) {
    const [, day, totals] = /^records\/([\d/]{10})\.([\d.]+)\.json$/.exec(key) ?? [];
    if (!day || !totals) continue;
    const known = paper.closed.get(day as Day);
    expect(totals).toBe(known ?? paper.totalsOf(day as Day));
    if (known) continue;
    folds += 1;
    paper.closed.set(day as Day, totals);
    for (const call of paper.calls) {
      if (call.day === day && call.state === 'open') call.state = 'left';
    }
  }
};

const stores = {
  memory: async () => ({ store: new MemoryImageStore({ publicBaseUrl }), root: undefined }),
  files: async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'cafe-ledger-model-'));
    return { store: new FilesystemImageStore({ root, publicBaseUrl }), root };
  },
};

describe('a ledger, whatever happens to it,', () => {
  const roots: string[] = [];
  afterAll(async () => {
    for (const root of roots) await rm(root, { recursive: true });
    for (const times of [...Object.values(seen), folds]) expect(times).toBeGreaterThan(20);
  });

  it.each([
    ['memory', 400],
    ['files', 30],
  ] as const)(
    'grants exactly what a budget on paper would, with records in %s',
    async (kind, numRuns) => {
      const open = async () => {
        const { store, root } = await stores[kind]();
        if (root) roots.push(root);
        return budgetOverRecords({
          at: NEAR_THE_END_OF_A_MONTH,
          store,
          isControlled: false,
          notice: (message, details) => {
            throw new Error(message, { cause: details.cause });
          },
        });
      };
      await runLikeOnPaper(open, { numRuns, seen, inspect: inspectFolds });
    },
  );
});
