import type { CafeErrorCode } from '../../domain/kernel/errors.ts';
import type { PageHistory } from '../../domain/pages/page-claims.ts';
import { aboutPage, type PageRequest } from '../../domain/pages/page-request.ts';
import { isObjectKey } from '../../domain/storage/object-key.ts';
import { isFailure } from './failure-words.ts';

/** Who makes the page's picture. */
export interface ClaimNote {
  /** A UUID of this one claim, never used again. */
  holder: string;
  /** Makes the bytes, and so the ETag, another at every write. */
  renewals: number;
}

/** How the last claim that was let go has ended. */
export interface EndedNote {
  holder: string;
  failure?: CafeErrorCode;
}

/** What is written of a page in a country. */
export interface PageNote {
  shown?: string;
  /** Oldest first. */
  making: readonly string[];
  /** They are paid for, and whoever let go last held them. */
  isUnstored?: boolean;
  /** Absent where nobody holds the page. */
  claim?: ClaimNote;
  /** Absent where no claim was ever let go. */
  ended?: EndedNote;
}

/** Of a page that crashes whoever looks for its pictures, no more keys are remembered than that. */
const MAX_MAKING = 32;
const ID = /^[\w-]{1,100}$/;

/** A page that was never claimed. */
export const BLANK: PageNote = { making: [] };

/** The page as it is once it is claimed. What was to be made before stays: it may be in the store. */
export function claimed(before: PageNote, claim: ClaimNote, datedKey: string): PageNote {
  // The oldest are likeliest to be there: whoever came later has first looked for those before.
  const making = [...before.making.slice(0, MAX_MAKING - 1), datedKey];
  return { ...before, making, claim };
}

/** What a note tells, apart from the picture that whoever asks is going to make. */
export function historyOf({ shown, making, isUnstored }: PageNote, own?: string): PageHistory {
  const others = making.filter((key) => key !== own);
  return {
    ...(shown === undefined ? {} : { shown }),
    ...(others.length === 0 ? {} : { making: others }),
    ...(isUnstored ? { isUnstored } : {}),
  };
}

/** What stands in the store, as JSON. */
export function noteContent(request: PageRequest, note: PageNote): object {
  const { page, country } = aboutPage(request);
  return { page: { type: page.type, path: page.path }, country, ...note };
}

/** @throws Error for anything but JSON of {@link noteContent} */
export function parseNote(bytes: Uint8Array): PageNote {
  const { shown, making, isUnstored, claim, ended } = record(
    JSON.parse(Buffer.from(bytes).toString()),
  );
  return {
    ...(shown === undefined ? {} : { shown: id(shown) }),
    making: keys(making),
    ...(isUnstored === true ? { isUnstored } : {}),
    ...(claim === undefined ? {} : { claim: claimNote(record(claim)) }),
    ...(ended === undefined ? {} : { ended: endedNote(record(ended)) }),
  };
}

function claimNote({ holder, renewals }: Record<string, unknown>): ClaimNote {
  if (!Number.isSafeInteger(renewals)) throw new Error('No number of renewals');
  return { holder: id(holder), renewals: Number(renewals) };
}

function endedNote({ holder, failure }: Record<string, unknown>): EndedNote {
  if (failure === undefined) return { holder: id(holder) };
  if (!isFailure(failure)) throw new Error('No failure that is known');
  return { holder: id(holder), failure };
}

function keys(value: unknown): string[] {
  if (!Array.isArray(value)) throw new Error('No list of keys');
  return value.map((key: unknown) => {
    if (typeof key !== 'string' || !isObjectKey(key)) throw new Error('Not a key');
    return key;
  });
}

function id(value: unknown): string {
  if (typeof value !== 'string' || !ID.test(value)) throw new Error('Not an id');
  return value;
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error('Not an object');
  return value as Record<string, unknown>;
}
