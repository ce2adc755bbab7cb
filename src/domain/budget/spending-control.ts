import type { Day } from '../kernel/day.ts';
import { CafeError } from '../kernel/errors.ts';
import type { Notice } from '../kernel/notice.ts';
import type { SpendingControlStore, StoredInstructions } from './spending-control-store.ts';

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
 * The owner's spending instructions, one for all replicas. Each replica reads them whenever it
 * counts the budget, so an instruction applies to every generation counted after it.
 */
export class SpendingControl {
  readonly #store: SpendingControlStore;
  readonly #ceiling: number;
  readonly #notice: Notice;
  #lastReported: string | undefined;
  #changes = 0;

  constructor(deps: {
    store: SpendingControlStore;
    /** The maximum number of images per day; no limit by default. */
    ceiling?: number;
    /** Called once for a budget that the ceiling lowers. */
    notice?: Notice;
  }) {
    this.#store = deps.store;
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
   * @throws CafeError `storage_unavailable` or `database_unavailable`, also if they are malformed:
   *   nothing is generated without valid instructions
   */
  async read(): Promise<ControlState> {
    return this.stateIn(await this.#store.read());
  }

  /**
   * What {@link read} returns for these stored instructions. For a ledger that reads them together
   * with its counts.
   *
   * @throws CafeError `storage_unavailable` if they are malformed
   */
  stateIn(stored: Pick<StoredInstructions, 'content'> | undefined): ControlState {
    if (!stored) return UNTOUCHED;
    const state = parse(stored.content);
    if (state) return this.#withinCeiling(state);
    throw new CafeError('storage_unavailable', 'The spending settings cannot be read.', {
      cause: new Error(`${this.#store.place} is malformed; delete it`),
    });
  }

  /**
   * Changes the instructions. Of two concurrent changes, none is lost.
   *
   * @throws CafeError `storage_unavailable` or `database_unavailable`
   */
  async change(apply: (state: ControlState) => ControlState): Promise<ControlState> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const stored = await this.#store.read();
      const state = apply(parse(stored?.content) ?? UNTOUCHED);
      const isWritten = await this.#store.write(state, stored?.version);
      this.#changes += 1;
      if (isWritten) return state;
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

function parse(content: unknown): ControlState | undefined {
  const { paused, budget } = (content ?? {}) as Partial<ControlState>;
  if (typeof paused !== 'boolean') return undefined;
  if (!budget) return { paused, budget: undefined };
  const { day, pictures } = budget;
  const isWhole = typeof day === 'string' && Number.isSafeInteger(pictures) && pictures >= 0;
  return isWhole ? { paused, budget: { day, pictures } } : undefined;
}
