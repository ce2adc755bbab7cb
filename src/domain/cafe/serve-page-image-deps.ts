import type { BudgetLedger } from '../budget/budget-ledger.ts';
import type { GeoLocator } from '../countries/geo-locator.ts';
import type { Clock } from '../kernel/clock.ts';
import type { LoadShedding } from '../limits/load-shedding.ts';
import type { Journal } from '../monitoring/journal.ts';
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

/** What `ServePageImage` works with. */
export interface ServePageImageDeps {
  locator: GeoLocator;
  store: ImageStore;
  keys: ImageKeys;
  known: ResponseCache;
  ledger: BudgetLedger;
  claims: PageClaims;
  generatePageImage: GeneratePageImage;
  serveFallback: ServeFallback;
  /** Pages that show one of them answer with another picture. */
  beingHidden: ImagesBeingHidden;
  /** Hears which pictures readers see. */
  recent: RecentImages;
  /** Absent where pages that show another's picture keep it. */
  replaceFallback: ReplaceFallback | undefined;
  room: LoadShedding;
  /** Whether the store's last call failed. */
  isStoreFailing: () => boolean;
  /** Absent where a picture may be bought for everybody. */
  policy: GenerationPolicy | undefined;
  /** Absent where nothing says which names of a page its site lists. */
  twins: PageTwins | undefined;
  clock: Clock;
  journal: Journal;
  /** Answer from the pool when the generator fails, instead of with an error. */
  fallBackOnUpstreamError: boolean;
  /** New pictures wait for the owner's approval. */
  isReviewedBefore: boolean;
  /** Milliseconds that a page with nothing to fall back on waits for a picture that is being made. */
  firstPictureMs: number;
}
