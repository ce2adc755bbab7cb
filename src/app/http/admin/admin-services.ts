import type { AuditTrail } from '../../../domain/admin/audit-trail.ts';
import type { BrowseImages } from '../../../domain/admin/browse-images.ts';
import type { BrowsePages } from '../../../domain/admin/browse-pages.ts';
import type { ControlSpending } from '../../../domain/admin/control-spending.ts';
import type { FailedAttempts } from '../../../domain/admin/failed-attempts.ts';
import type { PreGeneratePages } from '../../../domain/admin/pre-generate-pages.ts';
import type { ReportBudget } from '../../../domain/admin/report-budget.ts';
import type { ReportStatus } from '../../../domain/admin/report-status.ts';
import type { RunModeration } from '../../../domain/admin/run-moderation.ts';
import type { Sessions } from '../../../domain/admin/sessions.ts';
import type { WatchChanges } from '../../../domain/admin/watch-changes.ts';
import type { ChangePageImage } from '../../../domain/cafe/moderation/change-page-image.ts';
import type { RegeneratePage } from '../../../domain/cafe/regenerate-page.ts';
import type { GeoLocator } from '../../../domain/countries/geo-locator.ts';
import type { ImageFiles } from '../../../domain/images/image-files.ts';
import type { RenditionUrls } from '../../../domain/images/rendition-urls.ts';
import type { Journal } from '../../../domain/monitoring/journal.ts';
import type { PageList } from '../../../domain/pages/page-list.ts';
import type { PageNames } from '../../../domain/pages/page-names.ts';
import type { ImageKeys } from '../../../domain/storage/image-keys.ts';
import type { ImageStore } from '../../../domain/storage/image-store.ts';
import type { Config } from '../../config/config.ts';
import type { SettingGroup } from '../../config/settings.ts';

/** What the owner can see and do, as the admin's routes need it. */
export interface Admin {
  sessions: Sessions;
  attempts: FailedAttempts;
  journal: Journal;
  store: ImageStore;
  keys: ImageKeys;
  locator: GeoLocator;
  /** How readers are located. */
  locating: Pick<Config, 'locator' | 'proxy'>;
  names: PageNames;
  imageFiles: ImageFiles;
  reportBudget: ReportBudget;
  reportStatus: ReportStatus;
  browseImages: BrowseImages;
  browsePages: BrowsePages;
  auditTrail: AuditTrail;
  renditionUrls: RenditionUrls;
  /** Where the blog is, without a slash at the end; empty for the service's own, if it is known. */
  blogOrigin: string | undefined;
  runModeration: RunModeration;
  changePageImage: ChangePageImage;
  controlSpending: ControlSpending;
  watchChanges: WatchChanges;
  settings: SettingGroup[];
  allowedOrigins: string[];
  regeneratePage: RegeneratePage;
  preGeneratePages: PreGeneratePages;
  /** The site's pages; absent where nothing says which it has. */
  pageList: PageList | undefined;
  /** A token that was made because none is configured; never in production. */
  madeToken: string | undefined;
}
