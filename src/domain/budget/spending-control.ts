import type { Day } from '../kernel/day.ts';
import { CafeError } from '../kernel/errors.ts';
import type { Notice } from '../kernel/notice.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { putJson } from '../storage/put-json.ts';

/** What the owner has told all replicas. */
export interface ControlState {
  /** No picture is bought until that is taken back. */
  paused: boolean;
  /** Another budget than the configured one, for one day. */
  budget: { day: Day; pictures: number } | undefined;
  /** What `budget` was set to before the ceiling lowered it; absent where it fits. Never stored. */
  overCeiling?: number;
}

/** Pictures that a day may have: as the owner has told for it, else as configured. */
export function budgetOf(day: Day, told: ControlState | undefined, configured: number): number {
  return told?.budget?.day === day ? told.budget.pictures : configured;
}

const UNTOUCHED: ControlState = { paused: false, budget: undefined };
/** How often a change is tried again where another came first. */
const TRIES = 5;

/**
 * One object for all replicas, `{records}/control.json`, which each of them reads beside its listings
 * whenever it counts the budget. So what the owner says holds for every purchase that is counted from
 * then on.
 */
export class SpendingControl {
  /** Of the object, which need not be there. */
  readonly key: string;
  readonly #store: ObjectStore;
  readonly #ceiling: number;
  readonly #notice: Notice;
  #lastReported: string | undefined;
  #changes = 0;

  constructor(deps: {
    store: ObjectStore;
    recordsPrefix: string;
    /** The most pictures that a day may be given; no limit by default. */
    ceiling?: number;
    /** Hears once of a budget that the ceiling lowers. */
    notice?: Notice;
  }) {
    this.#store = deps.store;
    this.key = `${deps.recordsPrefix}/control.json`;
    this.#ceiling = deps.ceiling ?? Number.POSITIVE_INFINITY;
    this.#notice = deps.notice ?? (() => {});
  }

  /** How often it was changed in this process: what was read before no longer holds. */
  get changes(): number {
    return this.#changes;
  }

  /**
   * What holds now. A budget that was set under a higher ceiling is lowered to the one in force.
   *
   * @throws CafeError `storage_unavailable`, also where it cannot be understood: nothing is bought blind
   */
  async read(): Promise<ControlState> {
    const object = await this.#store.get(this.key);
    if (!object) return UNTOUCHED;
    const state = parse(object.bytes);
    if (state) return this.#withinCeiling(state);
    throw new CafeError('storage_unavailable', 'What the owner has told cannot be understood.', {
      cause: new Error(`${this.key} is malformed; delete it`),
    });
  }

  /**
   * Changes what is said; of two changes at once, none is lost.
   *
   * @throws CafeError `storage_unavailable`
   */
  async change(apply: (state: ControlState) => ControlState): Promise<ControlState> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const object = await this.#store.get(this.key);
      const state = apply((object && parse(object.bytes)) ?? UNTOUCHED);
      const condition = object ? { ifMatch: object.etag } : ({ ifAbsent: true } as const);
      const etag = await putJson(this.#store, this.key, state, condition);
      this.#changes += 1;
      if (etag !== undefined) return state;
    }
    throw new CafeError('storage_unavailable', 'It changes faster than it can be read.');
  }

  #withinCeiling(state: ControlState): ControlState {
    const { budget } = state;
    if (!budget || budget.pictures <= this.#ceiling) return state;
    const { day, pictures: overCeiling } = budget;
    this.#reportOnce(day, overCeiling);
    return { ...state, budget: { day, pictures: this.#ceiling }, overCeiling };
  }

  #reportOnce(day: Day, limit: number): void {
    const report = `${day} ${limit}`;
    if (this.#lastReported === report) return;
    this.#lastReported = report;
    const details = { day, limit, ceiling: this.#ceiling };
    this.#notice('the limit set in the admin is over the ceiling; the ceiling holds', details);
  }
}

function parse(bytes: Uint8Array): ControlState | undefined {
  try {
    const { paused, budget } = JSON.parse(Buffer.from(bytes).toString()) as Partial<ControlState>;
    if (typeof paused !== 'boolean') return undefined;
    if (!budget) return { paused, budget: undefined };
    const { day, pictures } = budget;
    const isWhole = typeof day === 'string' && Number.isSafeInteger(pictures) && pictures >= 0;
    return isWhole ? { paused, budget: { day, pictures } } : undefined;
  } catch {
    return undefined;
  }
}
