import type { CafeErrorCode } from '../../domain/kernel/errors.ts';
import type { Journal } from '../../domain/monitoring/journal.ts';
import { aboutPage, type PageRequest } from '../../domain/pages/page.ts';
import type { PageHistory } from '../../domain/pages/page-claims.ts';
import { isObjectKey } from '../../domain/storage/stored-objects.ts';
import { isFailure } from './failure-words.ts';

/** The current claim of a page. */
interface ClaimNote {
  /** The UUID of this claim. */
  holder: string;
  /** Makes the content of every write different, so that an object's ETag changes. */
  renewals: number;
}

/** The end of the last released claim. */
interface EndedNote {
  holder: string;
  failure?: CafeErrorCode;
}

/** The stored state of a page in one country. */
export interface PageNote {
  shown?: string;
  /** Oldest first. */
  making: readonly string[];
  /** The images in `making` are paid for, and the last holder keeps them until the store accepts them. */
  isUnstored?: boolean;
  /** Absent if the page is not claimed. */
  claim?: ClaimNote;
  /** Absent if no claim was ever released. */
  ended?: EndedNote;
}

/** A note as it was read or written. */
export interface FoundNote {
  note: PageNote;
  /** The fencing token of the claim: it changes with every write and never repeats. */
  version: string;
}

/** The stored note of one page, shared by all replicas. Each method is atomic. */
export interface StoredNote {
  /** The error code if the note cannot be read or written. */
  readonly whenAway: Extract<CafeErrorCode, 'storage_unavailable' | 'database_unavailable'>;

  /**
   * Returns `undefined` if no note exists. A malformed note counts as empty, and the next claim overwrites
   * it.
   *
   * @throws CafeError with the code {@link whenAway}
   */
  read(): Promise<FoundNote | undefined>;

  /**
   * Writes the note if the stored one still has the given version, or if there is none and `version` is
   * `undefined`.
   *
   * @returns the new version; `undefined` if the condition failed and nothing was written
   * @throws CafeError with the code {@link whenAway}; the write may still have succeeded
   */
  write(note: PageNote, version: string | undefined): Promise<string | undefined>;

  /**
   * Deletes the note if it still has this version.
   *
   * @returns `false` if the note has changed, or if the storage does not support conditional deletes
   * @throws CafeError with the code {@link whenAway}; the deletion may still have succeeded
   */
  remove(version: string): Promise<boolean>;
}

/** Limits the number of keys if the generation of a page crashes repeatedly. */
const MAX_MAKING = 32;
const ID = /^[\w-]{1,100}$/;

/** The note of a page that was never claimed. */
export const BLANK: PageNote = { making: [] };

/** The page's note after a claim. Earlier keys stay, because their images may exist in the store. */
export function claimed(before: PageNote, claim: ClaimNote, datedKey: string): PageNote {
  // Keep the oldest keys. They most likely exist, because later claims have looked for them first.
  const making = [...before.making.slice(0, MAX_MAKING - 1), datedKey];
  return { ...before, making, claim };
}

/** @param own the key that the caller is about to generate; excluded from the history */
export function historyOf({ shown, making, isUnstored }: PageNote, own?: string): PageHistory {
  const others = making.filter((key) => key !== own);
  return {
    ...(shown === undefined ? {} : { shown }),
    ...(others.length === 0 ? {} : { making: others }),
    ...(isUnstored ? { isUnstored } : {}),
  };
}

/** The stored JSON. */
export function noteContent(request: PageRequest, note: PageNote): object {
  const { page, country } = aboutPage(request);
  return { page: { type: page.type, path: page.path }, country, ...note };
}

/** A malformed note is reported, and counts as empty. */
export function readNote(
  content: () => unknown,
  { key, journal }: { key: string; journal: Journal },
): PageNote {
  try {
    return parseNote(content());
  } catch (cause) {
    const message = 'the note of a page is malformed';
    journal.record({ event: 'notice', message, details: { key, cause } });
    return BLANK;
  }
}

/** @throws Error if it is not a {@link noteContent} */
export function parseNote(content: unknown): PageNote {
  const { shown, making, isUnstored, claim, ended } = record(content);
  return {
    ...(shown === undefined ? {} : { shown: id(shown) }),
    making: keys(making),
    ...(isUnstored === true ? { isUnstored } : {}),
    ...(claim === undefined ? {} : { claim: claimNote(record(claim)) }),
    ...(ended === undefined ? {} : { ended: endedNote(record(ended)) }),
  };
}

function claimNote({ holder, renewals }: Record<string, unknown>): ClaimNote {
  if (!Number.isSafeInteger(renewals)) throw new Error('renewals is not a number');
  return { holder: id(holder), renewals: Number(renewals) };
}

function endedNote({ holder, failure }: Record<string, unknown>): EndedNote {
  if (failure === undefined) return { holder: id(holder) };
  if (!isFailure(failure)) throw new Error('failure is not a known code');
  return { holder: id(holder), failure };
}

function keys(value: unknown): string[] {
  if (!Array.isArray(value)) throw new Error('making is not a list');
  return value.map((key: unknown) => {
    if (typeof key !== 'string' || !isObjectKey(key))
      throw new Error('making contains an invalid key');
    return key;
  });
}

function id(value: unknown): string {
  if (typeof value !== 'string' || !ID.test(value)) throw new Error('not an ID');
  return value;
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error('not an object');
  return value as Record<string, unknown>;
}
