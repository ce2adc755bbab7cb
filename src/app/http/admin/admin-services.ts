import { AuditTrail } from '../../../domain/admin/audit-trail.ts';
import { BrowseImages } from '../../../domain/admin/browse-images.ts';
import { BrowsePages } from '../../../domain/admin/browse-pages.ts';
import { ControlSpending } from '../../../domain/admin/control-spending.ts';
import { FailedAttempts } from '../../../domain/admin/failed-attempts.ts';
import { PreGeneratePages } from '../../../domain/admin/pre-generate-pages.ts';
import { ReportBudget } from '../../../domain/admin/report-budget.ts';
import { ReportStatus } from '../../../domain/admin/report-status.ts';
import { RunModeration } from '../../../domain/admin/run-moderation.ts';
import { Sessions } from '../../../domain/admin/sessions.ts';
import { ShownPages } from '../../../domain/admin/shown-pages.ts';
import { WatchChanges } from '../../../domain/admin/watch-changes.ts';
import type { GenerationHistory } from '../../../domain/budget/generation-history.ts';
import type { SpendingControl } from '../../../domain/budget/spending-control.ts';
import type { ChangePageImage } from '../../../domain/cafe/moderation/change-page-image.ts';
import type { ImagesBeingHidden } from '../../../domain/cafe/moderation/images-being-hidden.ts';
import { ModerateImage } from '../../../domain/cafe/moderation/moderate-image.ts';
import type { PlacementIndex } from '../../../domain/cafe/placement/placement-index.ts';
import type { ImagePool } from '../../../domain/cafe/pool/image-pool.ts';
import type { RegeneratePage } from '../../../domain/cafe/regenerate-page.ts';
import type { ResponseCache } from '../../../domain/cafe/response-cache/response-cache.ts';
import type { GeoLocator } from '../../../domain/countries/geo-locator.ts';
import type { GenerateImage } from '../../../domain/generation/generate-image.ts';
import type { ImageGenerator } from '../../../domain/generation/image-generator.ts';
import { ImageFiles } from '../../../domain/images/image-files.ts';
import type { RenditionUrls } from '../../../domain/images/rendition-urls.ts';
import type { UnstoredImages } from '../../../domain/images/unstored-images.ts';
import type { Clock } from '../../../domain/kernel/clock.ts';
import type { LoadShedding } from '../../../domain/limits/load-shedding.ts';
import type { Journal } from '../../../domain/monitoring/journal.ts';
import type { UpstreamHealth } from '../../../domain/monitoring/upstream-health.ts';
import type { PageNames } from '../../../domain/pages/page.ts';
import type { PageClaims } from '../../../domain/pages/page-claims.ts';
import type { PageList } from '../../../domain/pages/page-list.ts';
import type { ImageKeys } from '../../../domain/storage/image-keys.ts';
import type { ImageStore } from '../../../domain/storage/image-store.ts';
import type { Config } from '../../config/config.ts';
import { settingsInForce } from '../../config/settings.ts';
import type { LazyAccounts } from './accounts/lazy-accounts.ts';

interface AdminDeps {
  store: ImageStore;
  keys: ImageKeys;
  names: PageNames;
  locator: GeoLocator;
  claims: PageClaims;
  placementIndex: PlacementIndex;
  pool: ImagePool;
  changePageImage: ChangePageImage;
  beingHidden: ImagesBeingHidden;
  known: ResponseCache;
  renditionUrls: RenditionUrls;
  regeneratePage: RegeneratePage;
  generateImage: GenerateImage;
  generator: ImageGenerator;
  /** The site's pages; absent if no list is configured. */
  pageList: PageList | undefined;
  history: GenerationHistory;
  control: SpendingControl;
  unstored: UnstoredImages;
  health: UpstreamHealth;
  room: LoadShedding;
  clock: Clock;
  journal: Journal;
  /** The API with accounts; absent if it is off. */
  studio: LazyAccounts | undefined;
}

/** The admin services, as the routes need them. */
export type Admin = ReturnType<typeof createAdmin>;

/** @param madeToken generated because none is configured; never in production */
export function createAdmin(
  config: Config,
  deps: AdminDeps,
  { token, madeToken }: { token: string; madeToken: string | undefined },
) {
  const { recordsPrefix, dailyBudget, dailyMicroUsd, monthlyMicroUsd, budgetOpensOverHours } =
    config;
  const { budgetCeiling, isCeilingSet, sessionIdleMs, sessionMs, maxWrongTokens } = config.admin;
  const { clock, known, regeneratePage } = deps;
  const { dearestMicroUsd } = deps.generator;
  const common = { ...deps, recordsPrefix, dearestMicroUsd };
  const budget = {
    dailyBudget,
    ceiling: budgetCeiling,
    isCeilingSet,
    dailyMicroUsd,
    monthlyMicroUsd,
    opensOverHours: budgetOpensOverHours,
    dearestMicroUsd,
  };
  const pages = new ShownPages(common);
  const imageFiles = new ImageFiles(common);
  const reportBudget = new ReportBudget({ ...deps, settings: budget });
  const auditTrail = new AuditTrail(common);
  const watchChanges = new WatchChanges(common);
  return {
    ...deps,
    /** How readers are located. */
    locating: config,
    /** The blog's URL without a trailing slash, if known; empty if the service itself serves it. */
    blogOrigin: blogOriginOf(config),
    settings: settingsInForce(config),
    allowedOrigins: config.allowedOrigins,
    madeToken,
    imageFiles,
    reportBudget,
    auditTrail,
    watchChanges,
    sessions: new Sessions({ ...common, token, idleMs: sessionIdleMs, absoluteMs: sessionMs }),
    attempts: new FailedAttempts({ clock, maxInAll: maxWrongTokens }),
    reportStatus: new ReportStatus(deps),
    browseImages: new BrowseImages({ ...deps, pages }),
    browsePages: new BrowsePages({ ...common, pages }),
    runModeration: new RunModeration({
      ...common,
      auditTrail,
      moderateImage: new ModerateImage({
        ...common,
        files: imageFiles,
        forget: (pageKey) => known.invalidate(pageKey),
      }),
      tell: () => watchChanges.tellOf('acts'),
    }),
    controlSpending: new ControlSpending({ ...deps, ceiling: budgetCeiling }),
    preGeneratePages: new PreGeneratePages({
      ...common,
      auditTrail,
      reportBudget,
      obtain: (request) => regeneratePage.obtain(request),
      tell: () => watchChanges.tellOf('warming'),
    }),
  };
}

/**
 * In development, the blog is the demo blog, which this service serves. If several origins are
 * allowed, it is unknown which one is the blog.
 */
function blogOriginOf({ production, allowedOrigins }: Config): string | undefined {
  if (!production) return '';
  return allowedOrigins.length === 1 ? allowedOrigins[0] : undefined;
}
