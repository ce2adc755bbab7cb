import type { ServiceIdentifier } from 'inversify';
import type { ObjectStoreBudgetLedger } from '../../adapters/budget-ledger/object-store.ts';
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
import type { PageClaims } from '../../domain/pages/page-claims.ts';
import type { PageList } from '../../domain/pages/page-list.ts';
import type { PageNames } from '../../domain/pages/page-names.ts';
import type { ImageKeys } from '../../domain/storage/image-keys.ts';
import type { ImageStore } from '../../domain/storage/image-store.ts';
import type { ObjectStore } from '../../domain/storage/object-store.ts';
import type { JournalingMetrics } from '../cafe.ts';
import type { Admin } from '../http/admin/admin-services.ts';
import type { RequestCounts } from '../http/request-counts.ts';

const token = <T>(name: string): ServiceIdentifier<T> => Symbol(name);
/** What the container can be asked for. */
export const T = {
  clock: token<Clock>('Clock'),
  journal: token<Journal>('Journal'),
  notice: token<Notice>('Notice'),
  keys: token<ImageKeys>('ImageKeys'),
  names: token<PageNames>('PageNames'),
  twins: token<PageTwins | undefined>('PageTwins'),
  health: token<UpstreamHealth>('UpstreamHealth'),
  store: token<ImageStore>('ImageStore'),
  lookupStore: token<ImageStore>('ImageStore for lookups'),
  generator: token<ImageGenerator>('ImageGenerator'),
  modelMemory: token<ModelMemory>('ModelMemory'),
  locator: token<GeoLocator>('GeoLocator'),
  ledger: token<ObjectStoreBudgetLedger>('BudgetLedger'),
  healingLedger: token<ObjectStoreBudgetLedger>('BudgetLedger of what may be used for healing'),
  unpacedLedger: token<ObjectStoreBudgetLedger>('BudgetLedger of all of a day at once'),
  history: token<GenerationHistory>('GenerationHistory'),
  control: token<SpendingControl>('SpendingControl'),
  claims: token<PageClaims>('PageClaims'),
  lookupClaims: token<PageClaims>('PageClaims for lookups'),
  spool: token<ObjectStore | undefined>('ObjectStore for pictures that the store did not take'),
  renditionMaker: token<RenditionMaker>('RenditionMaker'),
  generateImage: token<GenerateImage>('GenerateImage'),
  beingHidden: token<ImagesBeingHidden>('ImagesBeingHidden'),
  recentImages: token<RecentImages>('RecentImages'),
  pool: token<ImagePool>('ImagePool'),
  held: token<UnstoredImages>('UnstoredImages'),
  known: token<ResponseCache>('ResponseCache'),
  makeRenditions: token<MakeRenditions>('MakeRenditions'),
  placementIndex: token<PlacementIndex>('PlacementIndex'),
  lookupPlacements: token<PlacementIndex>('PlacementIndex for lookups'),
  placeImage: token<PlaceImage>('PlaceImage'),
  persistImage: token<PersistImage>('PersistImage'),
  reviewQueue: token<ReviewQueue>('ReviewQueue'),
  storePageImage: token<StorePageImage>('StorePageImage'),
  generatePageImage: token<GeneratePageImage>('GeneratePageImage'),
  replaceFallback: token<ReplaceFallback | undefined>('ReplaceFallback'),
  changePageImage: token<ChangePageImage>('ChangePageImage'),
  serveFallback: token<ServeFallback>('ServeFallback'),
  room: token<LoadShedding>('LoadShedding'),
  readiness: token<Readiness>('Readiness'),
  servePageImage: token<ServePageImage>('ServePageImage'),
  regeneratePage: token<RegeneratePage>('RegeneratePage'),
  findPageImage: token<FindPageImage>('FindPageImage'),
  renditionUrls: token<RenditionUrls>('RenditionUrls'),
  requestCounts: token<RequestCounts>('RequestCounts'),
  todaysBudget: token<TodaysBudget>('TodaysBudget'),
  metrics: token<JournalingMetrics | undefined>('Metrics'),
  watchModels: token<WatchModels>('WatchModels'),
  raiseAlerts: token<RaiseAlerts | undefined>('RaiseAlerts'),
  pageList: token<PageList | undefined>('PageList'),
  sitePages: token<SitePages | undefined>('SitePages'),
  generationPolicy: token<GenerationPolicy | undefined>('GenerationPolicy'),
  admin: token<Admin | undefined>('Admin'),
};
