import type { ActOnPictures } from '../domain/admin/act-on-pictures.ts';
import type { AdminSessions } from '../domain/admin/admin-sessions.ts';
import type { AuditTrail } from '../domain/admin/audit-trail.ts';
import type { BrowsePages } from '../domain/admin/browse-pages.ts';
import type { BrowsePictures } from '../domain/admin/browse-pictures.ts';
import type { ChangePage } from '../domain/admin/change-page.ts';
import type { FailedAttempts } from '../domain/admin/failed-attempts.ts';
import type { PictureFiles } from '../domain/admin/picture-files.ts';
import type { ReportBudget } from '../domain/admin/report-budget.ts';
import type { ReportStatus } from '../domain/admin/report-status.ts';
import type { SteerGeneration } from '../domain/admin/steer-generation.ts';
import type { WarmPages } from '../domain/admin/warm-pages.ts';
import type { WatchChanges } from '../domain/admin/watch-changes.ts';
import type { BrewForOwner } from '../domain/brew-for-owner.ts';
import type { ImageKeys } from '../domain/image-key.ts';
import type { PageNames } from '../domain/page-names.ts';
import type { GeoLocator } from '../domain/ports/geo-locator.ts';
import type { ImageStore } from '../domain/ports/image-store.ts';
import type { Journal } from '../domain/ports/journal.ts';
import type { PageList } from '../domain/ports/page-list.ts';
import type { RenditionUrls } from '../domain/rendition-urls.ts';
import type { Config } from './config.ts';
import type { SettingGroup } from './settings.ts';

/** What the owner can see and do, as the admin's routes need it. */
export interface Admin {
  sessions: AdminSessions;
  attempts: FailedAttempts;
  journal: Journal;
  store: ImageStore;
  keys: ImageKeys;
  locator: GeoLocator;
  /** How readers are located. */
  locating: Pick<Config, 'locator' | 'proxy'>;
  names: PageNames;
  pictureFiles: PictureFiles;
  reportBudget: ReportBudget;
  reportStatus: ReportStatus;
  browsePictures: BrowsePictures;
  browsePages: BrowsePages;
  auditTrail: AuditTrail;
  renditionUrls: RenditionUrls;
  /** Where the blog is, without a slash at the end; empty for the service's own, if it is known. */
  blogOrigin: string | undefined;
  actOnPictures: ActOnPictures;
  changePage: ChangePage;
  steerGeneration: SteerGeneration;
  watchChanges: WatchChanges;
  settings: SettingGroup[];
  allowedOrigins: string[];
  brewForOwner: BrewForOwner;
  warmPages: WarmPages;
  /** The site's pages; absent where nothing says which it has. */
  pageList: PageList | undefined;
  /** A token that was made because none is configured; never in production. */
  madeToken: string | undefined;
}
