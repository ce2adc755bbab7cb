import type { FallBack } from './fall-back.ts';
import type { HealPage } from './heal-page.ts';
import type { ImageKeys } from './image-key.ts';
import type { KnownPages } from './known-pages.ts';
import type { PageTwins } from './page-twins.ts';
import type { PaintPage } from './paint-page.ts';
import type { PicturesBeingHidden } from './pictures-being-hidden.ts';
import type { BudgetLedger } from './ports/budget-ledger.ts';
import type { Clock } from './ports/clock.ts';
import type { GeoLocator } from './ports/geo-locator.ts';
import type { ImageStore } from './ports/image-store.ts';
import type { Journal } from './ports/journal.ts';
import type { PageClaims } from './ports/page-claims.ts';
import type { PurchasePolicy } from './purchase-policy.ts';
import type { RecentPictures } from './recent-pictures.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** What `ServePageImage` works with. */
export interface ServePageImageDeps {
  locator: GeoLocator;
  store: ImageStore;
  keys: ImageKeys;
  known: KnownPages;
  ledger: BudgetLedger;
  claims: PageClaims;
  paintPage: PaintPage;
  fallBack: FallBack;
  /** Pages that show one of them answer with another picture. */
  beingHidden: PicturesBeingHidden;
  /** Hears which pictures readers see. */
  recent: RecentPictures;
  /** Absent where pages that show another's picture keep it. */
  healPage: HealPage | undefined;
  room: WaitingRoom;
  /** Whether the store's last call failed. */
  isStoreFailing: () => boolean;
  /** Absent where a picture may be bought for everybody. */
  policy: PurchasePolicy | undefined;
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
