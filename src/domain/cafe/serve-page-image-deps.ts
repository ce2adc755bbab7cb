import type { BudgetLedger } from '../budget/budget-ledger.ts';
import type { GeoLocator } from '../countries/geo-locator.ts';
import type { Clock } from '../kernel/clock.ts';
import type { LoadShedding } from '../limits/load-shedding.ts';
import type { Journal } from '../monitoring/journal.ts';
import type { UpstreamHealth } from '../monitoring/upstream-health.ts';
import type { PageClaims } from '../pages/page-claims.ts';
import type { ImageKeys } from '../storage/image-keys.ts';
import type { ImageStore } from '../storage/image-store.ts';
import type { GenerationPolicy } from './admission/generation-policy.ts';
import type { PageTwins } from './admission/page-twins.ts';
import type { ServeFallback } from './fallback/serve-fallback.ts';
import type { GeneratePageImage } from './generate-page-image.ts';
import type { ImagesBeingHidden } from './moderation/images-being-hidden.ts';
import type { RecentImages } from './pool/recent-images.ts';
import type { ReplaceFallback } from './replace-fallback.ts';
import type { ResponseCache } from './response-cache/response-cache.ts';

/** The dependencies of `ServePageImage`. */
export interface ServePageImageDeps {
  locator: GeoLocator;
  store: ImageStore;
  keys: ImageKeys;
  known: ResponseCache;
  ledger: BudgetLedger;
  claims: PageClaims;
  generatePageImage: GeneratePageImage;
  serveFallback: ServeFallback;
  /** Pages that show one of them get another image. */
  beingHidden: ImagesBeingHidden;
  /** Records which images readers see. */
  recent: RecentImages;
  /** Absent if pages keep their fallbacks. */
  replaceFallback: ReplaceFallback | undefined;
  room: LoadShedding;
  health: Pick<UpstreamHealth, 'isFailing'>;
  /** Absent if every request may trigger generation. */
  policy: GenerationPolicy | undefined;
  /** Absent if there is no page list to show which name of a page is listed. */
  twins: PageTwins | undefined;
  clock: Clock;
  journal: Journal;
  /** Serve a fallback if the generator fails, instead of an error. */
  fallBackOnUpstreamError: boolean;
  /** New images wait for the owner's approval. */
  isReviewedBefore: boolean;
  /** Milliseconds that a page without a fallback waits for an image in progress. */
  firstPictureMs: number;
}
