import { Counter, Gauge, type Registry } from 'prom-client';
import type { TodaysUsage } from '../../domain/budget/todays-budget.ts';

/** Values read from other parts of the service on each scrape. All but the budget are in memory. */
export interface Readings {
  /** Requests for a page's image, by outcome. */
  answers: Readonly<Record<string, number>>;
  /** Requests that ended with an error, by error code. */
  refusals: ReadonlyMap<string, number>;
  /** Failed calls, by upstream and code. */
  failures(): Iterable<{ name: string; code: string; count: number }>;
  /** The state of each upstream at its last call. */
  upstreams(): readonly { name: string; state: string }[];
  /** Connections to a database server; `undefined` without one. */
  databasePool(): { inUse: number; idle: number; waiting: number } | undefined;
  /** Images in the pool. */
  poolPictures(): number;
  /** Paid images that the store has not accepted yet. */
  unstoredPictures(): number;
  /** Pages in the response cache. */
  responseCache(): number;
  generationsRunning(): number;
  generationsWaiting(): number;
  /** Today's budget. If this rejects, the metrics of the budget are omitted. */
  budget(): Promise<TodaysUsage>;
  /** Labels of `cafe_info`, such as the version. */
  about: Readonly<Record<string, string>>;
}

const DOLLAR = 1e6;

/** Metrics of the budget; omitted if the value is `undefined`. */
const BUDGET: readonly {
  name: string;
  help: string;
  value: (use: TodaysUsage) => number | undefined;
}[] = [
  {
    name: 'cafe_budget_pictures_limit',
    help: 'Pictures that may be bought today (UTC), for all replicas together.',
    value: ({ limit }) => limit,
  },
  {
    name: 'cafe_budget_pictures_used',
    help: 'Pictures that count as used today, including reservations.',
    value: ({ used }) => used,
  },
  {
    name: 'cafe_budget_pictures_reserved',
    help: 'Pictures reserved today: in progress, or left behind by a replica that stopped.',
    value: ({ reserved }) => reserved,
  },
  {
    name: 'cafe_budget_pictures_left',
    help: 'Pictures that may still be bought today.',
    value: ({ left }) => left,
  },
  {
    name: 'cafe_budget_dollars_limit',
    help: 'US dollars that may be spent today; absent if there is no such limit.',
    value: ({ limitMicroUsd }) => limitMicroUsd && limitMicroUsd / DOLLAR,
  },
  {
    name: 'cafe_budget_dollars_used',
    help: 'US dollars that count as spent today, for all replicas together.',
    value: ({ costMicroUsd }) => costMicroUsd / DOLLAR,
  },
  {
    name: 'cafe_budget_paused',
    help: '1 while spending is paused in the admin.',
    value: ({ isPaused }) => Number(isPaused),
  },
];

/** Adds the metrics whose values are read on each scrape. */
export function addReadings(registry: Registry, readings: Readings): void {
  const registers = [registry];
  new Counter({
    name: 'cafe_picture_requests_total',
    help: 'Requests for the picture of a page that returned one, by outcome: known (in memory), stored, generated or fallback.',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(readings.answers)) this.inc({ outcome }, count);
    },
  });
  new Counter({
    name: 'cafe_refused_requests_total',
    help: 'Requests that ended with an error, by error code.',
    labelNames: ['code'],
    registers,
    collect() {
      this.reset();
      for (const [code, count] of readings.refusals) this.inc({ code }, count);
    },
  });
  new Counter({
    name: 'cafe_upstream_errors_total',
    help: 'Failed calls to the image store, the database, the image generator and geolocation.',
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
    help: '1 for the state of each upstream at its last call: ok, failing, open (paused after failures) or unused.',
    labelNames: ['upstream', 'state'],
    registers,
    collect() {
      this.reset();
      for (const { name, state } of readings.upstreams()) this.set({ upstream: name, state }, 1);
    },
  });
  new Gauge({
    name: 'cafe_database_connections',
    help: 'Connections of this process to the database server, by state: in_use or idle.',
    labelNames: ['state'],
    registers,
    collect() {
      this.reset();
      const pool = readings.databasePool();
      if (!pool) return;
      this.set({ state: 'in_use' }, pool.inUse);
      this.set({ state: 'idle' }, pool.idle);
    },
  });
  new Gauge({
    name: 'cafe_database_waiting',
    help: 'Queries and transactions that wait for a connection to the database server.',
    registers,
    collect() {
      const pool = readings.databasePool();
      if (pool) this.set(pool.waiting);
      else this.remove();
    },
  });
  const inMemory = [
    ['cafe_pool_pictures', 'Known pictures in the pool of fallbacks.', readings.poolPictures],
    [
      'cafe_unstored_pictures',
      'Paid pictures that the image store has not accepted yet.',
      readings.unstoredPictures,
    ],
    ['cafe_known_pages', 'Pages in the response cache.', readings.responseCache],
    ['cafe_generations_running', 'Image generations in progress.', readings.generationsRunning],
    ['cafe_generations_waiting', 'Image generations in the queue.', readings.generationsWaiting],
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
        // The failure is already in the log.
        const use = await readings.budget().catch(() => undefined);
        const read = use && value(use);
        if (read === undefined) this.remove();
        else this.set(read);
      },
    });
  }
  const labelNames = Object.keys(readings.about);
  const info = new Gauge({
    name: 'cafe_info',
    help: 'Version and configuration of the service; always 1.',
    labelNames,
    registers,
  });
  info.set({ ...readings.about }, 1);
}
