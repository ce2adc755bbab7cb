import type { CountryCode } from '../countries/country.ts';
import type { Billing, CafeErrorCode } from '../kernel/errors.ts';
import type { Page } from '../pages/page.ts';
import type { AlertKind } from './alerts.ts';

interface AboutPage {
  page: Page;
  /** `null` for a reader whose country is unknown. */
  country: CountryCode | null;
}

/** Why a page got an existing image instead of its own. */
export type FallbackReason =
  | 'budget_exhausted'
  | 'upstream_failed'
  | 'purchase_refused'
  | 'awaiting_review'
  /** The page still holds a copy of an image that is being hidden. */
  | 'picture_hidden';

/** Which of the owner's rules prevented a generation for a reader. */
export type GenerationRefusal =
  /** The client identifies itself as a program. */
  | 'bot'
  /** The page is not in the site's list and has no valid token. */
  | 'unknown_page'
  /** The page has reached its limit of countries for today. */
  | 'too_many_countries'
  /** The address has reached its limit of recent new pages. */
  | 'too_many_pages';

/** Why a request to the admin was rejected. */
export type AdminRefusal =
  | 'wrong_token'
  | 'too_many_attempts'
  | 'no_session'
  | 'session_forged'
  | 'session_expired'
  | 'session_signed_out'
  | 'cross_site'
  /** Authenticated, but the route does not exist or the request is malformed. */
  | 'not_understood';

/** Events for the owner. None of them contains an address. */
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
      /** The model that was called first. */
      model: string;
      reason: string;
      billing: Billing;
      durationMs: number;
      /** 0 for a refusal, otherwise the reserved amount, because the call may have been billed. */
      costMicroUsd: number;
      cause: unknown;
    })
  /** A paid image that stays invisible until the owner approves it. */
  | (AboutPage & { event: 'picture_awaits_review'; key: string })
  | (AboutPage & { event: 'fallback_chosen'; reason: FallbackReason; key: string })
  | (AboutPage & { event: 'purchase_refused'; reason: GenerationRefusal })
  /** The site's page list could not be read; `known` pages remain from earlier reads. */
  | { event: 'page_list_failed'; known: number; cause: unknown }
  | (AboutPage & { event: 'page_placing_failed'; key: string; cause: unknown })
  /** The store rejected a paid image. Storing is retried. */
  | (AboutPage & { event: 'storing_failed'; cause: unknown })
  /** Renditions could not be made; the image is used without them. */
  | { event: 'renditions_failed'; key: string; cause: unknown }
  | { event: 'held_picture_stored'; key: string }
  | { event: 'held_picture_lost'; key: string; cause: unknown }
  /** The directory for images the store rejected failed. */
  | { event: 'spool_failed'; cause: unknown }
  | (AboutPage & { event: 'page_repaired'; key: string })
  | (AboutPage & { event: 'page_healed'; key: string })
  | (AboutPage & { event: 'page_healing_failed'; key: string; cause: unknown })
  | (AboutPage & { event: 'page_failed'; code: CafeErrorCode | 'internal'; cause: unknown })
  | { event: 'page_vanished'; key: string }
  | { event: 'page_check_failed'; key: string; cause: unknown }
  /** The visibility of the image that a page received as a copy could not be checked. */
  | { event: 'copy_check_failed'; key: string; cause: unknown }
  | { event: 'pool_listing_failed'; known: number; cause: unknown }
  | { event: 'settling_failed'; id: string; cause: unknown }
  /** A page's claim could not be renewed or released, or another process took it over. */
  | { event: 'claim_failed'; key: string; cause: unknown }
  | { event: 'alert_sent'; alert: AlertKind }
  /** An alert could not be delivered. */
  | { event: 'alert_failed'; alert: AlertKind; cause: unknown }
  | { event: 'admin_signed_in' | 'admin_signed_out' }
  /** A rejected request to the admin, with its route if one matched. */
  | {
      event: 'admin_refused';
      reason: AdminRefusal;
      method: string;
      route: string | undefined;
      /**
       * The origin of the page and of the request, if they caused the rejection, and how to fix it.
       */
      origin?: string;
      host?: string;
      remedy?: string | undefined;
    }
  | { event: 'notice'; message: string; details: Readonly<Record<string, unknown>> };

/** Records events in order. Never throws and never waits. */
export interface Journal {
  record(event: CafeEvent): void;
}
