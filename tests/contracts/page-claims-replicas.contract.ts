import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/adapters/clock/manual.ts';
import type { Claim, PageClaims } from '../../src/domain/pages/page-claims.ts';
import { LEASE_MS, NOON, newKey, requestFor } from './page-claims.contract.ts';

/** A store or a database whose calls take effect, and are answered, in the scheduler's order. */
export interface ScheduledClaims {
  /** Claims as a process with this clock has them, with leases of LEASE_MS. */
  open(clock: ManualClock): PageClaims;
  /** Resolves once every call whose turn has come has taken effect. */
  settled(): Promise<void>;
}

/**
 * A lease is renewed in the fifth tick at the latest, and a call takes up to three ticks. So fewer than
 * eleven ticks pass between two renewals, and no replica is paused for a whole lease.
 */
const TICK_MS = LEASE_MS / 14;
const MAX_TICKS_A_CALL = 3;
const MAX_TICKS = 3000;
const request = requestFor('/posts/a');

/** What one that has got a claim does with it. */
interface Stay {
  ticks: number;
  ending: 'placed' | 'unplaced' | 'failed' | 'crash';
  naming: boolean;
}

interface Life {
  skewMs: number;
  stays: Stay[];
}

const life: fc.Arbitrary<Life> = fc.record({
  skewMs: fc.integer({ min: -120_000, max: 120_000 }),
  stays: fc.array(
    fc.record({
      ticks: fc.integer({ min: 0, max: 40 }),
      ending: fc.constantFrom('placed', 'unplaced', 'failed', 'crash'),
      naming: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

/** Who believes to hold the page. */
class Holders {
  now = 0;
  most = 0;
  /** Claims that came with the history of one that crashed. */
  inherited = 0;
  /** The pictures of those who crashed or could not place theirs, until another was told of them. */
  readonly abandoned = new Set<string>();
  /** What the next claim did not tell of. */
  readonly forgotten: string[] = [];

  enter({ history }: Claim): void {
    this.now += 1;
    this.most = Math.max(this.most, this.now);
    for (const key of this.abandoned) if (!history.making?.includes(key)) this.forgotten.push(key);
    this.inherited += history.making?.length ?? 0;
    this.abandoned.clear();
  }

  leave(): void {
    this.now -= 1;
  }
}

class Replica {
  readonly clock: ManualClock;
  crashed = false;
  readonly #claims: PageClaims;
  readonly #stays: Stay[];
  readonly #holders: Holders;

  constructor({ skewMs, stays }: Life, place: ScheduledClaims, holders: Holders) {
    this.clock = new ManualClock(NOON + skewMs);
    this.#claims = place.open(this.clock);
    this.#stays = stays;
    this.#holders = holders;
  }

  async live(): Promise<void> {
    for (const stay of this.#stays) {
      const datedKey = newKey();
      const { signal } = new AbortController();
      const claim = await this.#claims.claim(request, datedKey, signal).catch(failureOfAnother);
      if (claim) await this.#hold(claim, datedKey, stay);
      if (this.crashed) return;
    }
  }

  async #hold(claim: Claim, claimedKey: string, { ticks, ending, naming }: Stay): Promise<void> {
    this.#holders.enter(claim);
    const datedKey = naming ? newKey() : claimedKey;
    await claim.name(datedKey);
    await this.clock.sleep(ticks * TICK_MS);
    if (ending === 'crash') this.crashed = true;
    if (ending === 'crash' || ending === 'unplaced') this.#holders.abandoned.add(datedKey);
    this.#holders.leave();
    if (ending === 'crash') return;
    if (ending === 'failed') await claim.release({ failure: 'upstream_failed' });
    else await claim.release({ unplaced: ending === 'unplaced' ? [datedKey] : [] });
  }
}

/** One that has waited and hears of a failure comes again, as readers do. */
function failureOfAnother(error: unknown): undefined {
  expect(error).toMatchObject({ code: 'upstream_failed' });
}

/** Time passes, and calls take effect, until all have lived. */
async function run(
  replicas: Replica[],
  place: ScheduledClaims,
  scheduler: fc.Scheduler,
  paces: number[],
): Promise<number> {
  let living = true;
  const all = Promise.all(replicas.map((replica) => replica.live())).finally(() => {
    living = false;
  });
  let tick = 0;
  for (; living && tick < MAX_TICKS; tick += 1) {
    for (const { clock, crashed } of replicas) if (!crashed) await clock.advance(TICK_MS);
    const pace = Number(paces[tick % paces.length]);
    await scheduler.waitNext(Math.min(pace, scheduler.count()));
    await place.settled();
    while (tick % MAX_TICKS_A_CALL === 0 && scheduler.count() > 0) {
      await scheduler.waitIdle();
      await place.settled();
    }
  }
  if (!living) await all;
  return tick;
}

/**
 * Page claims of processes that share nothing but a store or a database, in orders of calls that are
 * drawn at random.
 *
 * @param open an empty store or database
 */
export function pageClaimsReplicasContract(
  name: string,
  open: (scheduler: fc.Scheduler) => Promise<ScheduledClaims>,
  { numRuns }: { numRuns: number },
): void {
  describe(`replicas that share nothing but ${name}`, () => {
    it('never hold a page together, forget no picture, and none waits forever', async () => {
      let met = 0;
      let inherited = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.scheduler(),
          fc.array(life, { minLength: 2, maxLength: 4 }),
          fc.array(fc.nat(6), { minLength: 1, maxLength: 8 }),
          async (scheduler, lives, paces) => {
            const place = await open(scheduler);
            const holders = new Holders();
            const replicas = lives.map((each) => new Replica(each, place, holders));
            expect(await run(replicas, place, scheduler, paces)).toBeLessThan(MAX_TICKS);
            expect(holders.most).toBeLessThanOrEqual(1);
            expect(holders.forgotten).toEqual([]);
            if (lives.every(({ stays }) => stays.length > 1)) met += 1;
            inherited += holders.inherited;
          },
        ),
        { numRuns },
      );
      expect(met).toBeGreaterThan(numRuns / 25);
      expect(inherited).toBeGreaterThan(numRuns / 5);
    });
  });
}
