import type { Clock } from '../kernel/clock.ts';
import { SingleFlight } from '../kernel/concurrency.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** How long a check is reused. */
const BELIEVED_MS = 5_000;

interface ReadinessDeps {
  store: Pick<ObjectStore, 'head'>;
  /** The key to look up; it may be absent. */
  key: string;
  /** Rejects if the database does not answer. Absent if there is none on a server. */
  checkDatabase?: (() => Promise<void>) | undefined;
  clock: Clock;
}

/** The result of a check. */
export interface ReadinessReport {
  /** The service can serve images. */
  isReady: boolean;
  /** Whether the database answers; absent if there is none on a server. */
  database: 'ok' | 'unavailable' | undefined;
}

/**
 * Whether the service can serve images. That depends only on the store: without the database, all
 * known pages still work. So a load balancer must go on sending requests.
 */
export class Readiness {
  readonly #deps: ReadinessDeps;
  readonly #looks = new SingleFlight<ReadinessReport>();
  #last: { report: ReadinessReport; at: number } | undefined;

  constructor(deps: ReadinessDeps) {
    this.#deps = deps;
  }

  /**
   * Checks the store and the database at most once every few seconds for any number of callers,
   * within the adapters' timeouts. Never throws.
   */
  async report(): Promise<ReadinessReport> {
    const last = this.#last;
    if (last && this.#deps.clock.monotonic() - last.at < BELIEVED_MS) return last.report;
    return this.#looks.join('', () => this.#look());
  }

  async #look(): Promise<ReadinessReport> {
    const { store, key, checkDatabase, clock } = this.#deps;
    // Health watches have already recorded a failure.
    const [isReady, database] = await Promise.all([
      succeeds(store.head(key)),
      checkDatabase && succeeds(checkDatabase()),
    ]);
    const found = database === undefined ? undefined : database ? 'ok' : 'unavailable';
    const report = { isReady, database: found } as const;
    this.#last = { report, at: clock.monotonic() };
    return report;
  }
}

function succeeds(call: Promise<unknown>): Promise<boolean> {
  return call.then(
    () => true,
    () => false,
  );
}
