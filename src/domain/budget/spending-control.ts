import type { Day } from '../kernel/day.ts';
import { CafeError } from '../kernel/errors.ts';
import type { Notice } from '../kernel/notice.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { putJson } from '../storage/stored-objects.ts';

/** The owner's instructions to all replicas. */
export interface ControlState {
  /** No image is generated until the owner resumes. */
  paused: boolean;
  /** Overrides the configured budget for one day. */
  budget: { day: Day; pictures: number } | undefined;
  /**
   * The value of `budget` before the ceiling lowered it. Absent if it was not lowered. Never
   * stored.
   */
  overCeiling?: number;
}

/** Images allowed on a day: the owner's override for that day, or the configured budget. */
export function budgetOf(day: Day, told: ControlState | undefined, configured: number): number {
  return told?.budget?.day === day ? told.budget.pictures : configured;
}

const UNTOUCHED: ControlState = { paused: false, budget: undefined };
/** How often a change is retried after a concurrent change. */
const TRIES = 5;

/**
 * The owner's spending instructions, in one object for all replicas: `{records}/control.json`. Each
 * replica reads it together with its listings whenever it counts the budget, so an instruction
 * applies to every generation counted after it.
 */
export class SpendingControl {
  /** The key of the object, which may be absent. */
  readonly key: string;
  readonly #store: ObjectStore;
  readonly #ceiling: number;
  readonly #notice: Notice;
  #lastReported: string | undefined;
  #changes = 0;

  constructor(deps: {
    store: ObjectStore;
    recordsPrefix: string;
    /** The maximum number of images per day; no limit by default. */
    ceiling?: number;
    /** Called once for a budget that the ceiling lowers. */
    notice?: Notice;
  }) {
    this.#store = deps.store;
    this.key = `${deps.recordsPrefix}/control.json`;
    this.#ceiling = deps.ceiling ?? Number.POSITIVE_INFINITY;
    this.#notice = deps.notice ?? (() => {});
  }

  /** How often this process changed the instructions. A change invalidates earlier reads. */
  get changes(): number {
    return this.#changes;
  }

  /**
   * The current instructions. A budget above the ceiling is lowered to it.
   *
   * @throws CafeError `storage_unavailable`, also if the object is malformed: nothing is generated
   *   without valid instructions
   */
  async read(): Promise<ControlState> {
    const object = await this.#store.get(this.key);
    if (!object) return UNTOUCHED;
    const state = parse(object.bytes);
    if (state) return this.#withinCeiling(state);
    throw new CafeError('storage_unavailable', 'The spending settings cannot be read.', {
      cause: new Error(`${this.key} is malformed; delete it`),
    });
  }

  /**
   * Changes the instructions. Of two concurrent changes, none is lost.
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
    throw new CafeError(
      'storage_unavailable',
      'The spending settings change too often; try again.',
    );
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
    this.#notice('the limit set in the admin is above the ceiling; the ceiling applies', details);
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
