import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Reservation } from '../../src/domain/budget/budget-ledger.ts';
import type { GenerationOutcome } from '../../src/domain/budget/generation-record.ts';
import type { OpenBudget } from '../support/open-budget.ts';
import { draft } from './budget-ledger.contract.ts';

const PRICE = 10;
const DAYS = ['2026/11/21', '2026/11/22'] as const;

interface Call {
  day: (typeof DAYS)[number];
  /** How it ends. If its process crashes, it is never settled. */
  state: GenerationOutcome['state'] | 'crash';
  /** What it turns out to cost where it is spent. */
  costMicroUsd: number;
}

const call: fc.Arbitrary<Call> = fc.record({
  day: fc.constantFrom(...DAYS),
  state: fc.constantFrom('spent', 'unknown', 'refused', 'crash'),
  costMicroUsd: fc.integer({ min: 0, max: PRICE }),
});

const limits = fc.record({
  dailyLimit: fc.integer({ min: 1, max: 4 }),
  dailyMicroUsd: fc.option(fc.integer({ min: 1, max: 4 * PRICE }), { nil: undefined }),
  monthlyMicroUsd: fc.option(fc.integer({ min: 1, max: 6 * PRICE }), { nil: undefined }),
});

/** How a call is settled; one whose process crashed is not. */
function settling({ state, costMicroUsd }: Call): GenerationOutcome | undefined {
  if (state === 'crash') return undefined;
  if (state === 'spent') return { state, model: 'm', costMicroUsd, durationMs: 1 };
  return { state, reason: 'r', durationMs: 1 };
}

/** The calls of all replicas together, and the most they ever used, or might have. */
class Bill {
  readonly mostPictures = new Map<string, number>();
  readonly mostOfDay = new Map<string, number>();
  mostOfMonth = 0;
  readonly #pictures = new Map<string, number>();
  readonly #ofDay = new Map<string, number>();

  add(day: string, pictures: number, microUsd: number): void {
    this.#pictures.set(day, (this.#pictures.get(day) ?? 0) + pictures);
    this.#ofDay.set(day, (this.#ofDay.get(day) ?? 0) + microUsd);
    for (const [now, most] of [
      [this.#pictures, this.mostPictures],
      [this.#ofDay, this.mostOfDay],
    ] as const) {
      most.set(day, Math.max(most.get(day) ?? 0, now.get(day) ?? 0));
    }
    const month = [...this.#ofDay.values()].reduce((sum, each) => sum + each, 0);
    this.mostOfMonth = Math.max(this.mostOfMonth, month);
  }

  async pay(reservation: Reservation, made: Call, scheduler: fc.Scheduler): Promise<void> {
    this.add(made.day, 1, PRICE);
    await scheduler.schedule(Promise.resolve());
    if (made.state === 'refused') this.add(made.day, -1, -PRICE);
    if (made.state === 'spent') this.add(made.day, 0, made.costMicroUsd - PRICE);
    const outcome = settling(made);
    if (outcome) await reservation.settle(outcome);
  }
}

/** What replicas must do together, whatever the order in which their calls take effect. */
export function budgetReplicasContract(
  name: string,
  open: (scheduler: fc.Scheduler) => Promise<OpenBudget>,
  { numRuns, minMet }: { numRuns: number; minMet: number },
): void {
  it(`K1: replicas that share nothing but ${name} never exceed any limit together, in whatever order their calls take effect`, async () => {
    const met = { pictures: 0, day: 0, month: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        limits,
        fc.array(fc.array(call, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
        async (scheduler, { dailyLimit, dailyMicroUsd, monthlyMicroUsd }, replicas) => {
          const budget = await open(scheduler);
          const bill = new Bill();
          const demand = replicas.flatMap((calls) => {
            const ledger = budget.start({ dailyLimit, dailyMicroUsd, monthlyMicroUsd });
            return calls.map(async (made) => {
              const asked = draft({ day: made.day, reservedMicroUsd: PRICE });
              const reservation = await ledger.reserve(asked);
              if (reservation) await bill.pay(reservation, made, scheduler);
            });
          });
          await scheduler.waitFor(Promise.all(demand));
          for (const day of DAYS) {
            const pictures = bill.mostPictures.get(day) ?? 0;
            const microUsd = bill.mostOfDay.get(day) ?? 0;
            expect(pictures).toBeLessThanOrEqual(dailyLimit);
            expect(microUsd).toBeLessThanOrEqual(dailyMicroUsd ?? Number.POSITIVE_INFINITY);
            met.pictures += Number(pictures === dailyLimit);
            met.day += Number(dailyMicroUsd !== undefined && microUsd > dailyMicroUsd - PRICE);
          }
          expect(bill.mostOfMonth).toBeLessThanOrEqual(monthlyMicroUsd ?? Number.POSITIVE_INFINITY);
          met.month += Number(bill.mostOfMonth > (monthlyMicroUsd ?? Infinity) - PRICE);
        },
      ),
      { numRuns },
    );
    for (const times of Object.values(met)) expect(times).toBeGreaterThan(minMet);
  });
}
