import type { CountryCode } from '../countries/country.ts';
import type { Day } from '../kernel/day.ts';
import type { PageType } from '../pages/page.ts';

/** What an image is generated for. */
export interface GenerationSubject {
  kind: 'page';
  page: { type: PageType; path: string };
  /** Absent for a worldwide image. */
  country: { code: CountryCode; slug: string } | undefined;
}

/** What is known of a generation before its call. */
export interface GenerationDraft {
  /** A lower-case UUID, also the name of the dated image. */
  id: string;
  /** The UTC day that is charged, even if the call ends on the next day. */
  day: Day;
  /**
   * The account that is charged, in addition to the whole service. Absent for the cafe. Only a
   * ledger in a database keeps accounts; any other refuses such a draft.
   */
  account?: string;
  subject: GenerationSubject;
  model: string;
  prompt: string;
  /** Millionths of a US dollar reserved for the call. */
  reservedMicroUsd: number;
}

/** How a call ended. */
export type GenerationOutcome =
  | {
      state: 'spent';
      model: string;
      costMicroUsd: number;
      durationMs: number;
      tokens?: { input: number; output: number };
    }
  | { state: 'unknown'; reason: string; durationMs: number }
  | { state: 'refused'; reason: string; durationMs: number };

/** `reserved` until settled. Every state but `refused` counts as used. */
export type GenerationState = 'reserved' | GenerationOutcome['state'];

/** The reason in an `unknown` record whose call was never settled. */
export const NEVER_SETTLED = 'never_settled';

/** A generation's record, stored as one JSON object. */
export interface GenerationRecord {
  id: string;
  state: GenerationState;
  /** ISO 8601, UTC. */
  reservedAt: string;
  settledAt?: string;
  /** `null` for an image that entered the store by other means. */
  page: GenerationSubject['page'] | null;
  /** ISO 3166 code; `null` for a worldwide image. */
  country: CountryCode | null;
  model: string;
  prompt: string;
  /** Millionths of a US dollar: the reserved amount, and once settled the actual cost. */
  costMicroUsd: number;
  durationMs?: number;
  tokens?: { input: number; output: number };
  /** Why there is no image, for `unknown` and `refused`. */
  reason?: string;
}
