import { Counter, Gauge, type Registry } from 'prom-client';
import type { TodaysUsage } from '../../domain/budget/todays-budget.ts';

/** What is known elsewhere and is read when Prometheus asks. All but the budget is in memory. */
export interface Readings {
  /** Requests for a page's picture, by how they were answered. */
  answers: Readonly<Record<string, number>>;
  /** Requests of any kind that ended as an error, by its code. */
  refusals: ReadonlyMap<string, number>;
  /** Failed calls, by upstream and code. */
  failures(): Iterable<{ name: string; code: string; count: number }>;
  /** How each upstream did last. */
  upstreams(): readonly { name: string; state: string }[];
  /** Dated pictures that are known. */
  poolPictures(): number;
  /** Pictures that are paid for and that the store did not take yet. */
  unstoredPictures(): number;
  /** Pages whose answer is in memory. */
  responseCache(): number;
  generationsRunning(): number;
  generationsWaiting(): number;
  /** Today's budget; where it cannot be read now, its metrics are left out. */
  budget(): Promise<TodaysUsage>;
  /** What runs, in words. */
  about: Readonly<Record<string, string>>;
}

const DOLLAR = 1e6;

/** Metrics of the budget; `undefined` is none. */
const BUDGET: readonly {
  name: string;
  help: string;
  value: (use: TodaysUsage) => number | undefined;
}[] = [
  {
    name: 'cafe_budget_pictures_limit',
    help: 'Pictures that may be bought today (UTC), on all replicas together.',
    value: ({ limit }) => limit,
  },
  {
    name: 'cafe_budget_pictures_used',
    help: 'Pictures of today that count as used, with those that are reserved.',
    value: ({ used }) => used,
  },
  {
    name: 'cafe_budget_pictures_reserved',
    help: 'Pictures of today that are being made, or were when their replica ended.',
    value: ({ reserved }) => reserved,
  },
  {
    name: 'cafe_budget_pictures_left',
    help: 'Pictures that may still be bought today.',
    value: ({ left }) => left,
  },
  {
    name: 'cafe_budget_dollars_limit',
    help: 'US dollars that may be spent today; absent where there is no such limit.',
    value: ({ limitMicroUsd }) => limitMicroUsd && limitMicroUsd / DOLLAR,
  },
  {
    name: 'cafe_budget_dollars_used',
    help: 'US dollars that count as spent today, on all replicas together.',
    value: ({ costMicroUsd }) => costMicroUsd / DOLLAR,
  },
  {
    name: 'cafe_budget_paused',
    help: '1 while the owner has all replicas buy nothing.',
    value: ({ isPaused }) => Number(isPaused),
  },
];

/** Adds the metrics that are read when they are asked for. */
export function addReadings(registry: Registry, readings: Readings): void {
  const registers = [registry];
  new Counter({
    name: 'cafe_picture_requests_total',
    help: "Requests for a page's picture that were answered with one: known in memory, stored, generated now, or a fallback.",
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(readings.answers)) this.inc({ outcome }, count);
    },
  });
  new Counter({
    name: 'cafe_refused_requests_total',
    help: 'Requests of any kind that ended as an error.',
    labelNames: ['code'],
    registers,
    collect() {
      this.reset();
      for (const [code, count] of readings.refusals) this.inc({ code }, count);
    },
  });
  new Counter({
    name: 'cafe_upstream_errors_total',
    help: 'Failed calls to the store, the generator and the locator.',
    labelNames: ['upstream', 'code'],
    registers,
    collect() {
      this.reset();
      for (const { name, code, count } of readings.failures()) {
        this.inc({ upstream: name, code }, count);
      }
    },
  });
  new Gauge({
    name: 'cafe_upstream_state',
    help: '1 for how each did when it was last called: ok, failing, open (left alone) or unused.',
    labelNames: ['upstream', 'state'],
    registers,
    collect() {
      this.reset();
      for (const { name, state } of readings.upstreams()) this.set({ upstream: name, state }, 1);
    },
  });
  const inMemory = [
    ['cafe_pool_pictures', 'Pictures to fall back on that are known.', readings.poolPictures],
    [
      'cafe_unstored_pictures',
      'Pictures that are paid for and that the store did not take yet.',
      readings.unstoredPictures,
    ],
    ['cafe_known_pages', 'Pages whose answer is in memory.', readings.responseCache],
    ['cafe_generations_running', 'Calls to the generator under way.', readings.generationsRunning],
    ['cafe_generations_waiting', 'Calls that wait for their turn.', readings.generationsWaiting],
  ] as const;
  for (const [name, help, read] of inMemory) {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }
  for (const { name, help, value } of BUDGET) {
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        // The journal has told already of a store that fails.
        const use = await readings.budget().catch(() => undefined);
        const read = use && value(use);
        if (read === undefined) this.remove();
        else this.set(read);
      },
    });
  }
  const labelNames = Object.keys(readings.about);
  new Gauge({ name: 'cafe_info', help: 'What runs; always 1.', labelNames, registers }).set(
    { ...readings.about },
    1,
  );
}
