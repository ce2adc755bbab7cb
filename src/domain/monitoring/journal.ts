import type { CountryCode } from '../countries/country.ts';
import type { Billing, CafeErrorCode } from '../kernel/errors.ts';
import type { Page } from '../pages/page.ts';
import type { AlertKind } from './alerts.ts';

interface AboutPage {
  page: Page;
  /** `null` for a reader whose country is unknown. */
  country: CountryCode | null;
}

/** Why a page got a picture that was there before instead of one of its own. */
export type FallbackReason =
  | 'budget_exhausted'
  | 'upstream_failed'
  | 'purchase_refused'
  | 'awaiting_review'
  /** The page still holds a copy of a picture that is being hidden. */
  | 'picture_hidden';

/** Why nothing was bought for a reader, by the rules that the owner has configured. */
export type GenerationRefusal =
  /** A program that says so. */
  | 'bot'
  /** Neither listed by the site nor with a valid token. */
  | 'unknown_page'
  /** The page has pictures for as many countries today as it may. */
  | 'too_many_countries'
  /** The address has had as many new pages lately as it may. */
  | 'too_many_pages';

/** Why a request to the admin was turned away. */
export type AdminRefusal =
  | 'wrong_token'
  | 'too_many_attempts'
  | 'no_session'
  | 'session_forged'
  | 'session_expired'
  | 'session_signed_out'
  | 'cross_site'
  /** Was let in, and asked for what there is not, or in a way that is none. */
  | 'not_understood';

/** What happens in the cafe that its owner may want to know. None of it holds an address. */
export type CafeEvent =
  | (AboutPage & {
      event: 'picture_generated';
      key: string;
      model: string;
      durationMs: number;
      costMicroUsd: number;
    })
  | (AboutPage & {
      event: 'generation_failed';
      /** The one that was asked first. */
      model: string;
      reason: string;
      billing: Billing;
      durationMs: number;
      /** Nothing for a refusal, else what was reserved, as it may have been billed. */
      costMicroUsd: number;
      cause: unknown;
    })
  /** A picture that is paid for and that nobody sees until the owner approves it. */
  | (AboutPage & { event: 'picture_awaits_review'; key: string })
  | (AboutPage & { event: 'fallback_chosen'; reason: FallbackReason; key: string })
  | (AboutPage & { event: 'purchase_refused'; reason: GenerationRefusal })
  /** The list of the site's pages could not be read; so many are known from before. */
  | { event: 'page_list_failed'; known: number; cause: unknown }
  | (AboutPage & { event: 'page_placing_failed'; key: string; cause: unknown })
  /** The store rejected an image that is paid for. It is tried again. */
  | (AboutPage & { event: 'storing_failed'; cause: unknown })
  /** A picture's smaller files, which it goes without. */
  | { event: 'renditions_failed'; key: string; cause: unknown }
  | { event: 'held_picture_stored'; key: string }
  | { event: 'held_picture_lost'; key: string; cause: unknown }
  /** The folder for pictures that the store did not take. */
  | { event: 'spool_failed'; cause: unknown }
  | (AboutPage & { event: 'page_repaired'; key: string })
  | (AboutPage & { event: 'page_healed'; key: string })
  | (AboutPage & { event: 'page_healing_failed'; key: string; cause: unknown })
  | (AboutPage & { event: 'page_failed'; code: CafeErrorCode | 'internal'; cause: unknown })
  | { event: 'page_vanished'; key: string }
  | { event: 'page_check_failed'; key: string; cause: unknown }
  /** Whether the picture that a page got a copy of may still be seen. */
  | { event: 'copy_check_failed'; key: string; cause: unknown }
  | { event: 'pool_listing_failed'; known: number; cause: unknown }
  | { event: 'settling_failed'; id: string; cause: unknown }
  /** A page's claim that could not be renewed or let go, or that another has taken over. */
  | { event: 'claim_failed'; key: string; cause: unknown }
  | { event: 'alert_sent'; alert: AlertKind }
  /** An alert that did not get through. */
  | { event: 'alert_failed'; alert: AlertKind; cause: unknown }
  | { event: 'admin_signed_in' | 'admin_signed_out' }
  /** A request to the admin that was turned away; with the route that it was for, if there is one. */
  | {
      event: 'admin_refused';
      reason: AdminRefusal;
      method: string;
      route: string | undefined;
      /** What the page and the request name, where that is why; and what to do. */
      origin?: string;
      host?: string;
      remedy?: string | undefined;
    }
  | { event: 'notice'; message: string; details: Readonly<Record<string, unknown>> };

/** Takes down what happens, in order. Never throws and never waits. */
export interface Journal {
  record(event: CafeEvent): void;
}
