import type { BudgetLedger } from '../../domain/budget/budget-ledger.ts';
import type { GenerationHistory } from '../../domain/budget/generation-history.ts';
import type { SpendingControl } from '../../domain/budget/spending-control.ts';
import type { TodaysBudget } from '../../domain/budget/todays-budget.ts';
import type { GenerationPolicy } from '../../domain/cafe/admission/generation-policy.ts';
import type { PageTwins } from '../../domain/cafe/admission/page-twins.ts';
import type { SitePages } from '../../domain/cafe/admission/site-pages.ts';
import type { ServeFallback } from '../../domain/cafe/fallback/serve-fallback.ts';
import type { FindPageImage } from '../../domain/cafe/find-page-image.ts';
import type { GeneratePageImage } from '../../domain/cafe/generate-page-image.ts';
import type { ChangePageImage } from '../../domain/cafe/moderation/change-page-image.ts';
import type { ImagesBeingHidden } from '../../domain/cafe/moderation/images-being-hidden.ts';
import type { ReviewQueue } from '../../domain/cafe/moderation/review-queue.ts';
import type { PlaceImage } from '../../domain/cafe/placement/place-image.ts';
import type { PlacementIndex } from '../../domain/cafe/placement/placement-index.ts';
import type { StorePageImage } from '../../domain/cafe/placement/store-page-image.ts';
import type { ImagePool } from '../../domain/cafe/pool/image-pool.ts';
import type { RecentImages } from '../../domain/cafe/pool/recent-images.ts';
import type { RegeneratePage } from '../../domain/cafe/regenerate-page.ts';
import type { ReplaceFallback } from '../../domain/cafe/replace-fallback.ts';
import type { ResponseCache } from '../../domain/cafe/response-cache/response-cache.ts';
import type { ServePageImage } from '../../domain/cafe/serve-page-image.ts';
import type { GeoLocator } from '../../domain/countries/geo-locator.ts';
import type { GenerateImage } from '../../domain/generation/generate-image.ts';
import type { ImageGenerator } from '../../domain/generation/image-generator.ts';
import type { ModelMemory } from '../../domain/generation/model-memory.ts';
import type { WatchModels } from '../../domain/generation/watch-models.ts';
import type { ImageEvents } from '../../domain/images/image-events.ts';
import type { MakeRenditions } from '../../domain/images/make-renditions.ts';
import type { PersistImage } from '../../domain/images/persist-image.ts';
import type { RenditionMaker } from '../../domain/images/rendition-maker.ts';
import type { RenditionUrls } from '../../domain/images/rendition-urls.ts';
import type { UnstoredImages } from '../../domain/images/unstored-images.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { Notice } from '../../domain/kernel/notice.ts';
import type { LoadShedding } from '../../domain/limits/load-shedding.ts';
import type { Journal } from '../../domain/monitoring/journal.ts';
import type { RaiseAlerts } from '../../domain/monitoring/raise-alerts.ts';
import type { Readiness } from '../../domain/monitoring/readiness.ts';
import type { UpstreamHealth } from '../../domain/monitoring/upstream-health.ts';
import type { PageNames } from '../../domain/pages/page.ts';
import type { PageClaims } from '../../domain/pages/page-claims.ts';
import type { PageList } from '../../domain/pages/page-list.ts';
import type { ImageKeys } from '../../domain/storage/image-keys.ts';
import type { ImageStore } from '../../domain/storage/image-store.ts';
import type { ObjectStore } from '../../domain/storage/object-store.ts';
import type { Admin } from '../http/admin/admin-services.ts';
import type { RequestCounts } from '../http/request-counts.ts';
import { tokensOf } from './bindings.ts';
import type { openMetrics } from './open-adapters.ts';
import type { LazyDatabase } from './open-database.ts';
import type { LazyStudio } from './studio/lazy-studio.ts';

/** Works on in the background until it is closed. */
type ClosableLedger = BudgetLedger & { close(): Promise<void> };

/** All services of the container. */
interface Services {
  clock: Clock;
  journal: Journal;
  notice: Notice;
  keys: ImageKeys;
  names: PageNames;
  twins: PageTwins | undefined;
  health: UpstreamHealth;
  /** Absent if nothing uses one, or if another process has the embedded one. */
  database: LazyDatabase | undefined;
  store: ImageStore;
  /** For lookups: leaves some connections to generation. */
  lookupStore: ImageStore;
  generator: ImageGenerator;
  modelMemory: ModelMemory;
  locator: GeoLocator;
  ledger: ClosableLedger;
  /** Half of each day's budget, for replacing fallbacks. */
  healingLedger: ClosableLedger;
  /** The whole day's budget without hourly pacing, for the owner. */
  unpacedLedger: ClosableLedger;
  history: GenerationHistory;
  control: SpendingControl;
  claims: PageClaims;
  lookupClaims: PageClaims;
  /** For images the store rejected. */
  spool: ObjectStore | undefined;
  renditionMaker: RenditionMaker;
  generateImage: GenerateImage;
  /** Images being hidden on many pages. */
  beingHidden: ImagesBeingHidden;
  recentImages: RecentImages;
  /** Announces new images to the products. */
  events: ImageEvents;
  pool: ImagePool;
  unstored: UnstoredImages;
  known: ResponseCache;
  makeRenditions: MakeRenditions;
  placementIndex: PlacementIndex;
  lookupPlacements: PlacementIndex;
  placeImage: PlaceImage;
  persistImage: PersistImage;
  reviewQueue: ReviewQueue;
  storePageImage: StorePageImage;
  generatePageImage: GeneratePageImage;
  replaceFallback: ReplaceFallback | undefined;
  changePageImage: ChangePageImage;
  serveFallback: ServeFallback;
  room: LoadShedding;
  readiness: Readiness;
  servePageImage: ServePageImage;
  regeneratePage: RegeneratePage;
  findPageImage: FindPageImage;
  renditionUrls: RenditionUrls;
  requestCounts: RequestCounts;
  todaysBudget: TodaysBudget;
  metrics: Awaited<ReturnType<typeof openMetrics>> | undefined;
  watchModels: WatchModels;
  raiseAlerts: RaiseAlerts | undefined;
  pageList: PageList | undefined;
  sitePages: SitePages | undefined;
  generationPolicy: GenerationPolicy | undefined;
  admin: Admin | undefined;
  studio: LazyStudio | undefined;
}

export const T = tokensOf<Services>();
