import type { ServiceIdentifier } from 'inversify';
import type { ObjectStoreBudgetLedger } from '../adapters/budget-ledger/object-store.ts';
import type { ChangePage } from '../domain/admin/change-page.ts';
import type { BrewForOwner } from '../domain/brew-for-owner.ts';
import type { FallBack } from '../domain/fall-back.ts';
import type { FindPageImage } from '../domain/find-page-image.ts';
import type { GenerationControl } from '../domain/generation-control.ts';
import type { HealPage } from '../domain/heal-page.ts';
import type { HeldPictures } from '../domain/held-pictures.ts';
import type { ImageKeys } from '../domain/image-key.ts';
import type { KeepPicture } from '../domain/keep-picture.ts';
import type { KnownPages } from '../domain/known-pages.ts';
import type { ListedPages } from '../domain/listed-pages.ts';
import type { MakePicture } from '../domain/make-picture.ts';
import type { MakeRenditions } from '../domain/make-renditions.ts';
import type { ModelMemory } from '../domain/model-memory.ts';
import type { PageNames } from '../domain/page-names.ts';
import type { PageTwins } from '../domain/page-twins.ts';
import type { PaintPage } from '../domain/paint-page.ts';
import type { PendingPictures } from '../domain/pending-pictures.ts';
import type { PersistPicture } from '../domain/persist-picture.ts';
import type { PicturePool } from '../domain/picture-pool.ts';
import type { PicturesBeingHidden } from '../domain/pictures-being-hidden.ts';
import type { PlacePicture } from '../domain/place-picture.ts';
import type { Placements } from '../domain/placements.ts';
import type { Clock } from '../domain/ports/clock.ts';
import type { GenerationHistory } from '../domain/ports/generation-history.ts';
import type { GeoLocator } from '../domain/ports/geo-locator.ts';
import type { ImageGenerator } from '../domain/ports/image-generator.ts';
import type { ImageStore } from '../domain/ports/image-store.ts';
import type { Journal, Notice } from '../domain/ports/journal.ts';
import type { ObjectStore } from '../domain/ports/object-store.ts';
import type { PageClaims } from '../domain/ports/page-claims.ts';
import type { PageList } from '../domain/ports/page-list.ts';
import type { RenditionMaker } from '../domain/ports/rendition-maker.ts';
import type { PurchasePolicy } from '../domain/purchase-policy.ts';
import type { RaiseAlerts } from '../domain/raise-alerts.ts';
import type { Readiness } from '../domain/readiness.ts';
import type { RecentPictures } from '../domain/recent-pictures.ts';
import type { RenditionUrls } from '../domain/rendition-urls.ts';
import type { ServePageImage } from '../domain/serve-page-image.ts';
import type { TodaysBudget } from '../domain/todays-budget.ts';
import type { UpstreamHealth } from '../domain/upstream-health.ts';
import type { WaitingRoom } from '../domain/waiting-room.ts';
import type { WatchModels } from '../domain/watch-models.ts';
import type { Admin } from './admin.ts';
import type { JournalingMetrics } from './cafe.ts';
import type { RequestCounts } from './http/request-counts.ts';

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
  beingHidden: token<PicturesBeingHidden>('PicturesBeingHidden'),
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
