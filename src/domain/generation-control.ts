import type { Day } from './day.ts';
import { CafeError } from './errors.ts';
import type { ObjectStore } from './ports/object-store.ts';
import { putJson } from './put-json.ts';

/** What the owner has told all replicas. */
export interface ControlState {
  /** No picture is bought until that is taken back. */
  paused: boolean;
  /** Another budget than the configured one, for one day. */
  budget: { day: Day; pictures: number } | undefined;
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
export class GenerationControl {
  /** Of the object, which need not be there. */
  readonly key: string;
  readonly #store: ObjectStore;

  constructor({ store, recordsPrefix }: { store: ObjectStore; recordsPrefix: string }) {
    this.#store = store;
    this.key = `${recordsPrefix}/control.json`;
  }

  /** @throws CafeError `storage_unavailable`, also where it cannot be understood: nothing is bought blind */
  async read(): Promise<ControlState> {
    const object = await this.#store.get(this.key);
    if (!object) return UNTOUCHED;
    const state = parse(object.bytes);
    if (state) return state;
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
      if (etag !== undefined) return state;
    }
    throw new CafeError('storage_unavailable', 'It changes faster than it can be read.');
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
