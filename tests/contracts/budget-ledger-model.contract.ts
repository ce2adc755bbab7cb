import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Reservation } from '../../src/domain/budget/budget-ledger.ts';
import { type Day, dayAt } from '../../src/domain/kernel/day.ts';
import type { OpenBudget, OpenLedger } from '../support/open-budget.ts';
import { draft, subject } from './budget-ledger.contract.ts';

const HOUR = 3_600_000;
export const NEAR_THE_END_OF_A_MONTH = Date.UTC(2026, 10, 29, 12);
const DEAREST = 10;

export interface Limits {
  dailyLimit: number;
  dailyMicroUsd: number | undefined;
  monthlyMicroUsd: number | undefined;
}

/** A paid call. One that is `left` will never be settled: its process is gone, or its day is closed. */
export interface Call {
  id: string;
  day: Day;
  state: 'open' | 'left' | 'spent' | 'unknown' | 'refused';
  microUsd: number;
}

/** The same budget, calculated in the simplest way. */
export class Paper {
  readonly limits: Limits;
  readonly calls: Call[] = [];
  /** The names of each day's PNGs. */
  readonly pictures = new Map<Day, Set<string>>();
  /** What is written on closed days, which grant nothing more. */
  readonly closed = new Map<Day, string>();

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** Whether a picture more fits beside the calls that count. */
  fits(day: Day, price: number, counts: (call: Call) => boolean): boolean {
    if (this.closed.has(day)) return false;
    const used = this.calls.filter((call) => call.state !== 'refused' && counts(call));
    const usedToday = used.filter((call) => call.day === day);
    const names = this.pictures.get(day) ?? new Set();
    const paid = this.calls.filter(({ state }) => state !== 'refused').map(({ id }) => id);
    const unpaid = names.difference(new Set(paid)).size * price;
    const sum = (calls: Call[]) => calls.reduce((total, call) => total + call.microUsd, unpaid);
    const { dailyLimit, dailyMicroUsd = Infinity, monthlyMicroUsd = Infinity } = this.limits;
    const month = used.filter((call) => call.day.slice(0, 7) === day.slice(0, 7));
    return (
      names.union(new Set(usedToday.map(({ id }) => id))).size < dailyLimit &&
      sum(usedToday) + price <= dailyMicroUsd &&
      sum(month) + price <= monthlyMicroUsd
    );
  }

  /** What the name of the day's fold must say. */
  totalsOf(day: Day): string {
    const used = this.calls.filter((call) => call.day === day && call.state !== 'refused');
    return `${used.length}.${used.reduce((total, call) => total + call.microUsd, 0)}`;
  }
}

/** The ledger, its store and its clock. */
class House {
  readonly reservations = new Map<string, Reservation>();
  readonly budget: OpenBudget;
  readonly #limits: Limits;
  ledger: OpenLedger;

  constructor(budget: OpenBudget, limits: Limits) {
    this.budget = budget;
    this.#limits = limits;
    this.ledger = budget.start(limits);
  }

  get today(): Day {
    return dayAt(this.budget.clock.now());
  }

  restart(): void {
    this.ledger = this.budget.start(this.#limits);
  }
}

/** What must hold of the stored budget after every step, once the ledger's work is done. */
export type Inspect = (paper: Paper, budget: OpenBudget) => Promise<void>;

/** How often something was met, so that a run shows what it has tested. */
interface Seen {
  granted: number;
  denied: number;
  spent: number;
  deniedWhenClosed: number;
}

export function newSeen(): Seen {
  return { granted: 0, denied: 0, spent: 0, deniedWhenClosed: 0 };
}

type Step = fc.AsyncCommand<Paper, House>;

const limits: fc.Arbitrary<Limits> = fc.record({
  dailyLimit: fc.integer({ min: 1, max: 4 }),
  dailyMicroUsd: fc.option(fc.integer({ min: 1, max: 4 * DEAREST }), { nil: undefined }),
  monthlyMicroUsd: fc.option(fc.integer({ min: 1, max: 8 * DEAREST }), { nil: undefined }),
});

/** All that can happen to a ledger. */
function stepsWith(seen: Seen, inspect: Inspect) {
  async function agree(paper: Paper, { ledger, budget, today }: House): Promise<void> {
    await ledger.finished();
    await inspect(paper, budget);
    if (!ledger.isSpent(today)) return;
    seen.spent += 1;
    expect(paper.fits(today, DEAREST, ({ state }) => state !== 'open')).toBe(false);
  }

  function step(
    name: string,
    take: (paper: Paper, house: House) => Promise<void> | void,
    isPossible: (paper: Paper) => boolean = () => true,
  ): Step {
    return {
      check: isPossible,
      run: async (paper, house) => {
        await take(paper, house);
        await agree(paper, house);
      },
      toString: () => name,
    };
  }

  function reserve(price: number): Step {
    return step(`reserve at ${price}`, async (paper, { ledger, today, reservations }) => {
      const asked = draft({ day: today, subject: subject(undefined), reservedMicroUsd: price });
      const expected = paper.fits(today, price, () => true);
      const reservation = await ledger.reserve(asked);
      expect(reservation !== undefined).toBe(expected);
      if (reservation) {
        seen.granted += 1;
        reservations.set(asked.id, reservation);
        paper.calls.push({ id: asked.id, day: today, state: 'open', microUsd: price });
        return;
      }
      seen.denied += 1;
      seen.deniedWhenClosed += Number(paper.closed.has(today));
      // Where nothing is openReservations, a refusal is for good.
      const isOpen = ({ state }: Call) => state === 'open' || state === 'left';
      if (!paper.calls.some(isOpen)) expect(ledger.isSpent(today)).toBe(true);
    });
  }

  function settle(which: number, state: 'spent' | 'unknown' | 'refused', share: number): Step {
    const open = (paper: Paper) => paper.calls.filter((call) => call.state === 'open');
    return step(
      `settle ${which} as ${state}`,
      async (paper, { budget, reservations }) => {
        const calls = open(paper);
        const call = calls[which % calls.length] as Call;
        const costMicroUsd = Math.floor(call.microUsd * share);
        call.state = state;
        if (state === 'spent') call.microUsd = costMicroUsd;
        await reservations
          .get(call.id)
          ?.settle(
            state === 'spent'
              ? { state, model: 'm', costMicroUsd, durationMs: 1 }
              : { state, reason: 'r', durationMs: 1 },
          );
        // A refused call may have a picture, which counts without a record from now on.
        await budget.settleListing(call.day);
      },
      (paper) => open(paper).length > 0,
    );
  }

  const crash = step('crash and restart', (paper, house) => {
    for (const call of paper.calls) if (call.state === 'open') call.state = 'left';
    house.restart();
  });

  /** Of a call, or without an index from somewhere else. */
  function picture(which: number | undefined): Step {
    return step(
      `picture of ${which}`,
      async (paper, { budget, today }) => {
        const { store, keys } = budget;
        const call = which === undefined ? undefined : paper.calls[which % paper.calls.length];
        const { day, id } = call ?? { day: today, id: randomUUID() };
        paper.pictures.set(day, (paper.pictures.get(day) ?? new Set()).add(id));
        const labels = { contentType: 'image/png' };
        await store.put(keys.dated({ day, id, country: undefined }), Buffer.from('x'), labels);
        await budget.settleListing(day);
      },
      (paper) => which === undefined || paper.calls.length > 0,
    );
  }

  const passing = (hours: number) =>
    step(`${hours} hours pass`, (_, { budget }) => budget.clock.advance(hours * HOUR));

  const jumping = (hours: number) =>
    step(`the clock jumps ${hours} hours`, (_, { budget }) => budget.clock.jump(hours * HOUR));

  const index = fc.nat({ max: 20 });
  const price = fc.constantFrom(DEAREST, DEAREST, 6);
  return fc.commands(
    [
      price.map(reserve),
      price.map(reserve),
      fc
        .tuple(
          index,
          fc.constantFrom('spent', 'spent', 'unknown', 'refused'),
          fc.double({ min: 0, max: 1, noNaN: true }),
        )
        .map(([which, state, share]) => settle(which, state, share)),
      fc.constant(crash),
      fc.option(index, { nil: undefined }).map(picture),
      fc.constantFrom(1, 7, 24).map(passing),
      fc.constantFrom(-48, -24, 24).map(jumping),
    ],
    { maxCommands: 40, size: 'max' },
  );
}

/** Grants exactly what a budget on paper would, whatever happens. */
export async function runLikeOnPaper(
  open: () => Promise<OpenBudget>,
  { numRuns, seen, inspect }: { numRuns: number; seen: Seen; inspect: Inspect },
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(limits, stepsWith(seen, inspect), async (given, taken) => {
      const house = new House(await open(), given);
      try {
        await fc.asyncModelRun(() => ({ model: new Paper(given), real: house }), taken);
      } finally {
        await house.ledger.close();
      }
    }),
    { numRuns },
  );
}
