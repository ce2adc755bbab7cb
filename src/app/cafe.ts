import type { Logger } from 'pino';
import type { SitePages } from '../domain/cafe/admission/site-pages.ts';
import type { FindPageImage } from '../domain/cafe/find-page-image.ts';
import type { ImagePool } from '../domain/cafe/pool/image-pool.ts';
import type { ServePageImage } from '../domain/cafe/serve-page-image.ts';
import type { WatchModels } from '../domain/generation/watch-models.ts';
import type { RenditionUrls } from '../domain/images/rendition-urls.ts';
import type { UnstoredImages } from '../domain/images/unstored-images.ts';
import type { Journal } from '../domain/monitoring/journal.ts';
import type { RaiseAlerts } from '../domain/monitoring/raise-alerts.ts';
import type { Readiness } from '../domain/monitoring/readiness.ts';
import type { PageNames } from '../domain/pages/page-names.ts';
import type { ImageKeys } from '../domain/storage/image-keys.ts';
import type { ImageStore } from '../domain/storage/image-store.ts';
import type { Config } from './config/config.ts';
import type { Admin } from './http/admin/admin-services.ts';
import type { BuiltPages } from './http/files/built-pages.ts';
import type { CompressedFiles } from './http/files/compressed-files.ts';
import type { EmbedFiles } from './http/files/embed-assets.ts';
import type { Metrics } from './http/operations/metrics-route.ts';
import type { RequestCounts } from './http/request-counts.ts';

/** What runs, in words for people. */
export interface About {
  name: string;
  version: string;
  store: { kind: string; location: string };
  generator: { kind: string; model: string };
  locator: { kind: string };
  /** Pictures per UTC day. */
  dailyBudget: number;
}

/** Metrics that hear of what happens. */
export interface JournalingMetrics extends Metrics, Journal {}

/** The wired service, as the server needs it. */
export interface Cafe {
  config: Config;
  servePageImage: ServePageImage;
  findPageImage: FindPageImage;
  renditionUrls: RenditionUrls;
  readiness: Readiness;
  store: ImageStore;
  pool: ImagePool;
  held: UnstoredImages;
  keys: ImageKeys;
  /** How callers may name pages. */
  names: PageNames;
  /** None in production where no token is configured. */
  admin: Admin | undefined;
  requestCounts: RequestCounts;
  /** None in production where no token is configured. */
  metrics: Metrics | undefined;
  watchModels: WatchModels;
  /** None where there is nowhere to send alerts. */
  raiseAlerts: RaiseAlerts | undefined;
  /** The site's pages, where others get no new picture. */
  sitePages: SitePages | undefined;
  logger: Logger;
  about: About;
  /** Millionths of a US dollar: the most that a picture can cost as the cafe opens. */
  dearestMicroUsd: number;
  /** The demo blog; none in production. */
  blogPages: BuiltPages;
  /** What is shown where there is no picture at all, by name. */
  placeholders: BuiltPages;
  elementFiles: EmbedFiles;
  /** The admin page; none where there is no admin. */
  adminFiles: CompressedFiles;
  /** Lets go of connections and files; nothing may be under way. */
  close(): Promise<void>;
}
