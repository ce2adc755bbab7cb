import type { Day } from '../kernel/day.ts';
import type { PoolImage } from '../storage/image-keys.ts';
import type { GenerationRecord, GenerationState } from './generation-record.ts';

/** A day's usage according to its records. */
export interface DaySpending {
  day: Day;
  /** Images that count as used, including reserved ones that are not settled. */
  pictures: number;
  /** The part of `pictures` that is reserved and not settled. */
  reserved: number;
  /** Millionths of a US dollar; an unsettled reservation counts its reserved amount. */
  costMicroUsd: number;
}

/** Whether an image is visible, and if not, why. */
export type Presence =
  /** In the public pool. */
  | 'visible'
  /** Hidden by the owner, who can restore it. */
  | 'hidden'
  /** Generated and waiting for the owner's approval; it was never visible. */
  | 'pending'
  /** No image: none was made, it was deleted, or it is not stored yet. */
  | 'absent';

/** An image, or an attempt to generate one. */
export interface HistoryEntry {
  picture: PoolImage;
  presence: Presence;
  /** `unrecorded` for an image that entered the store by other means. */
  state: GenerationState | 'unrecorded';
  /** Millionths of a US dollar; `undefined` if unknown. */
  costMicroUsd: number | undefined;
  /**
   * Absent if there is no readable record, or if the day has more records than the history opens.
   */
  record: GenerationRecord | undefined;
  /** The keys of the renditions of a pool image. */
  renditions: readonly string[];
}

/**
 * A position in the history, at one entry. Later entries are older, or newer in the reverse order.
 */
export interface HistoryPosition {
  day: Day;
  /** ISO 8601, or empty if unknown. */
  reservedAt: string;
  name: string;
}

/**
 * All generations and their results: the union of the images in the store and of their records,
 * including records of closed days.
 *
 * Every method reads the store when it is called, and throws `CafeError('storage_unavailable')` if
 * that fails. A malformed record is skipped and is not a failure.
 */
export interface GenerationHistory {
  /** The days of a range that used budget, oldest first. Costs only listings. */
  spending(from: Day, to: Day): Promise<DaySpending[]>;

  /**
   * What the budget counts for a day: like {@link spending}, plus the images without a record.
   *
   * @param priceMicroUsd price of such an image, in millionths of a US dollar
   */
  usage(day: Day, priceMicroUsd: number): Promise<DaySpending>;

  /**
   * All entries, newest day first, and within a day the latest reservation first. Images without a
   * record come last. The listing stops when the consumer stops reading, and can continue from a
   * position.
   */
  entries(from: HistoryPosition | Day): AsyncIterable<HistoryEntry>;

  /**
   * The same in reverse, oldest first, up to and including a day.
   *
   * @param behind position to continue from; default: the oldest entry
   */
  entriesUpTo(last: Day, behind?: HistoryPosition): AsyncIterable<HistoryEntry>;

  /** `undefined` if neither an image nor a record exists. */
  find(picture: PoolImage): Promise<HistoryEntry | undefined>;

  /**
   * Writes a record of an image's subject, so that it still counts on its day after its deletion.
   * Does nothing if a record that counts exists.
   *
   * @param priceMicroUsd cost to record if there is no record
   */
  writeDown(picture: PoolImage, priceMicroUsd: number): Promise<void>;
}
