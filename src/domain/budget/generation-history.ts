import type { Day } from '../kernel/day.ts';
import type { PoolImage } from '../storage/image-keys.ts';
import type { GenerationRecord, GenerationState } from './generation-record.ts';

/** What a day has used, as far as its records tell. */
export interface DaySpending {
  day: Day;
  /** How many pictures count as used; those that are reserved and not settled are among them. */
  pictures: number;
  /** Of these, reserved and not settled. */
  reserved: number;
  /** Millionths of a US dollar; what is reserved counts with what is set aside for it. */
  costMicroUsd: number;
}

/** Whether a picture is to be seen, and where not, why. */
export type Presence =
  /** It is in the public pool. */
  | 'visible'
  /** The owner has taken it down; it can be put back. */
  | 'hidden'
  /** It was bought and waits for the owner's approval, and was never to be seen. */
  | 'pending'
  /** There is no picture: none was made, it was deleted, or it is not stored yet. */
  | 'absent';

/** A picture, or an attempt to make one. */
export interface HistoryEntry {
  picture: PoolImage;
  presence: Presence;
  /** `unrecorded` for a picture that came into the store by another way. */
  state: GenerationState | 'unrecorded';
  /** Millionths of a US dollar; `undefined` where nobody knows. */
  costMicroUsd: number | undefined;
  /** Absent where there is none that could be read, and on days of more records than are opened. */
  record: GenerationRecord | undefined;
  /** The keys of smaller versions beside a picture that is in the pool. */
  renditions: readonly string[];
}

/** A place in the history, at one entry: what comes behind it is older, or newer the other way round. */
export interface HistoryPosition {
  day: Day;
  /** ISO 8601, or empty where it is not known. */
  reservedAt: string;
  name: string;
}

/**
 * What was bought and what became of it: the union of the pictures in the store and of their records,
 * those of closed days included.
 *
 * Every method reads the store at the moment it is called, and throws
 * `CafeError('storage_unavailable')` where that fails. A record that an owner's hand has spoilt is
 * left out, and is no failure.
 */
export interface GenerationHistory {
  /** The days of a span that used something, oldest first. Costs listings alone. */
  spending(from: Day, to: Day): Promise<DaySpending[]>;

  /**
   * What the budget counts as used on a day: like {@link spending}, and the pictures without a record.
   *
   * @param priceMicroUsd what such a picture counts for, in millionths of a US dollar
   */
  usage(day: Day, priceMicroUsd: number): Promise<DaySpending>;

  /**
   * All there is, the newest day first, and of a day what was reserved last; pictures without a record
   * come last. Whoever stops reading stops the listing, and reading goes on behind a position.
   */
  entries(from: HistoryPosition | Day): AsyncIterable<HistoryEntry>;

  /**
   * The same the other way round, the oldest first, up to a day and that day included.
   *
   * @param behind where to go on; from the oldest there is where nothing is said
   */
  entriesUpTo(last: Day, behind?: HistoryPosition): AsyncIterable<HistoryEntry>;

  /** `undefined` where there is neither picture nor record. */
  find(picture: PoolImage): Promise<HistoryEntry | undefined>;

  /**
   * Makes sure that a picture goes on counting on its day once it is gone, by a record of what it is
   * for. Nothing happens where there is one that counts.
   *
   * @param priceMicroUsd what it counts for where there is no record
   */
  writeDown(picture: PoolImage, priceMicroUsd: number): Promise<void>;
}
