import type { ServiceIdentifier } from 'inversify';
import type { ObjectStoreBudgetLedger } from '../../adapters/budget-ledger/object-store.ts';
import type { GenerationHistory } from '../../domain/budget/generation-history.ts';
import type { GenerationControl } from '../../domain/budget/spending-control.ts';
import type { TodaysBudget } from '../../domain/budget/todays-budget.ts';
import type { PurchasePolicy } from '../../domain/cafe/admission/generation-policy.ts';
import type { PageTwins } from '../../domain/cafe/admission/page-twins.ts';
import type { ListedPages } from '../../domain/cafe/admission/site-pages.ts';
import type { FallBack } from '../../domain/cafe/fallback/serve-fallback.ts';
import type { FindPageImage } from '../../domain/cafe/find-page-image.ts';
import type { PaintPage } from '../../domain/cafe/generate-page-image.ts';
import type { ChangePage } from '../../domain/cafe/moderation/change-page-image.ts';
import type { PendingPictures } from '../../domain/cafe/moderation/review-queue.ts';
import type { PlacePicture } from '../../domain/cafe/placement/place-image.ts';
import type { Placements } from '../../domain/cafe/placement/placement-index.ts';
import type { KeepPicture } from '../../domain/cafe/placement/store-page-image.ts';
import type { PicturePool } from '../../domain/cafe/pool/image-pool.ts';
import type { RecentPictures } from '../../domain/cafe/pool/recent-images.ts';
import type { BrewForOwner } from '../../domain/cafe/regenerate-page.ts';
import type { HealPage } from '../../domain/cafe/replace-fallback.ts';
import type { KnownPages } from '../../domain/cafe/response-cache/response-cache.ts';
import type { ServePageImage } from '../../domain/cafe/serve-page-image.ts';
import type { GeoLocator } from '../../domain/countries/geo-locator.ts';
import type { MakePicture } from '../../domain/generation/generate-image.ts';
import type { ImageGenerator } from '../../domain/generation/image-generator.ts';
import type { ModelMemory } from '../../domain/generation/model-memory.ts';
import type { WatchModels } from '../../domain/generation/watch-models.ts';
import type { MakeRenditions } from '../../domain/images/make-renditions.ts';
import type { PersistPicture } from '../../domain/images/persist-image.ts';
import type { RenditionMaker } from '../../domain/images/rendition-maker.ts';
import type { RenditionUrls } from '../../domain/images/rendition-urls.ts';
import type { HeldPictures } from '../../domain/images/unstored-images.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { WaitingRoom } from '../../domain/limits/load-shedding.ts';
import type { Journal, Notice } from '../../domain/monitoring/journal.ts';
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
import type { RequestCounts } from '../http/operations/request-counts.ts';

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
  control: token<GenerationControl>('GenerationControl'),
  claims: token<PageClaims>('PageClaims'),
  lookupClaims: token<PageClaims>('PageClaims for lookups'),
  spool: token<ObjectStore | undefined>('ObjectStore for pictures that the store did not take'),
  renditionMaker: token<RenditionMaker>('RenditionMaker'),
  makePicture: token<MakePicture>('MakePicture'),
  recentPictures: token<RecentPictures>('RecentPictures'),
  pool: token<PicturePool>('PicturePool'),
  held: token<HeldPictures>('HeldPictures'),
  known: token<KnownPages>('KnownPages'),
  makeRenditions: token<MakeRenditions>('MakeRenditions'),
  placements: token<Placements>('Placements'),
  lookupPlacements: token<Placements>('Placements for lookups'),
  placePicture: token<PlacePicture>('PlacePicture'),
  persistPicture: token<PersistPicture>('PersistPicture'),
  pendingPictures: token<PendingPictures>('PendingPictures'),
  keepPicture: token<KeepPicture>('KeepPicture'),
  paintPage: token<PaintPage>('PaintPage'),
  healPage: token<HealPage | undefined>('HealPage'),
  changePage: token<ChangePage>('ChangePage'),
  fallBack: token<FallBack>('FallBack'),
  room: token<WaitingRoom>('WaitingRoom'),
  readiness: token<Readiness>('Readiness'),
  servePageImage: token<ServePageImage>('ServePageImage'),
  brewForOwner: token<BrewForOwner>('BrewForOwner'),
  findPageImage: token<FindPageImage>('FindPageImage'),
  renditionUrls: token<RenditionUrls>('RenditionUrls'),
  requestCounts: token<RequestCounts>('RequestCounts'),
  todaysBudget: token<TodaysBudget>('TodaysBudget'),
  metrics: token<JournalingMetrics | undefined>('Metrics'),
  watchModels: token<WatchModels>('WatchModels'),
  raiseAlerts: token<RaiseAlerts | undefined>('RaiseAlerts'),
  pageList: token<PageList | undefined>('PageList'),
  listedPages: token<ListedPages | undefined>('ListedPages'),
  purchasePolicy: token<PurchasePolicy | undefined>('PurchasePolicy'),
  admin: token<Admin | undefined>('Admin'),
};
