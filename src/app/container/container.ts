import 'reflect-metadata';
import { fileURLToPath } from 'node:url';
import { Container, type ContainerModule } from 'inversify';
import packageJson from '../../../package.json' with { type: 'json' };
import { RateLimitedJournal, SeveralJournals } from '../../adapters/journal/forwarding.ts';
import { PinoJournal } from '../../adapters/journal/pino.ts';
import type { Config } from '../config/config.ts';
import { readAdminFiles } from '../http/admin/admin-page.ts';
import { readBuiltPages } from '../http/files/built-pages.ts';
import { readEmbedFiles } from '../http/files/embed-assets.ts';
import { createLogger, type LogDestination } from '../log.ts';
import { adapterModule } from './adapter-module.ts';
import { adminModule } from './admin-module.ts';
import { admissionModule } from './admission-module.ts';
import { servicesOf } from './bindings.ts';
import { budgetModule } from './budget-module.ts';
import { cafeModule } from './cafe-module.ts';
import { coreModule } from './core-module.ts';
import { databaseModule } from './database-module.ts';
import { monitoringModule } from './monitoring-module.ts';
import { locationOf, openTracing } from './open-adapters.ts';
import { studioModule } from './studio/studio-module.ts';
import { T } from './tokens.ts';
import { tracingModule } from './tracing-module.ts';

/**
 * The complete service, wired for a configuration. Local development and production differ only in
 * the adapters for the store, the generator and geolocation. Only the chosen adapters are loaded.
 *
 * @throws the error of an adapter that cannot be opened, such as a missing country database
 */
export async function openCafe(config: Config, logTo?: LogDestination) {
  const logger = createLogger(config, logTo);
  const container = new Container({ defaultScope: 'Singleton' });
  const journal = new SeveralJournals(new RateLimitedJournal(new PinoJournal(logger)));
  const { traces } = config.watching;
  const tracing = traces && (await openTracing(traces, packageJson.version, journal));
  await container.load(
    adapterModule(config, journal),
    databaseModule(config),
    await budgetOf(config),
    admissionModule(config),
    coreModule(config),
    cafeModule(config),
    adminModule(config),
    studioModule(config),
    monitoringModule(config, packageJson.version),
  );
  if (tracing) await container.load(tracingModule(tracing));
  const services = await servicesOf(container, {
    servePageImage: T.servePageImage,
    findPageImage: T.findPageImage,
    renditionUrls: T.renditionUrls,
    readiness: T.readiness,
    database: T.database,
    /** The API with accounts; absent if it is off, or if there is no database. */
    studio: T.studio,
    store: T.store,
    generator: T.generator,
    pool: T.pool,
    unstored: T.unstored,
    keys: T.keys,
    /** How requests may name pages. */
    names: T.names,
    /** Absent in production without a token. */
    admin: T.admin,
    requestCounts: T.requestCounts,
    /** Absent in production without a token. */
    metrics: T.metrics,
    watchModels: T.watchModels,
    /** Absent without a destination for alerts. */
    raiseAlerts: T.raiseAlerts,
    /** The site's pages, if other pages get no new image. */
    sitePages: T.sitePages,
  });
  const { generator, metrics, raiseAlerts } = services;
  for (const listener of [metrics, raiseAlerts]) if (listener) journal.add(listener);
  return {
    ...services,
    config,
    logger,
    about: {
      name: packageJson.name,
      version: packageJson.version,
      store: { kind: config.store.kind, location: locationOf(config.store) },
      generator: { kind: config.generator.kind, model: generator.model },
      locator: { kind: config.locator.kind },
      /** Images per UTC day. */
      dailyBudget: config.dailyBudget,
    },
    /** Maximum cost of an image at start-up, in millionths of a US dollar. */
    dearestMicroUsd: generator.dearestMicroUsd,
    /** The demo blog; empty in production. */
    blogPages: config.production ? NO_FILES : await readBuiltPages(BLOG_PAGES),
    /** The images shown if no image is available, by name. */
    placeholders: await readBuiltPages(PLACEHOLDERS, A_DAY),
    elementFiles: await readEmbedFiles(ELEMENT),
    /** The admin page; empty if there is no admin. */
    adminFiles: services.admin ? await readAdminFiles(ADMIN_PAGE) : NO_FILES,
    /** Closes connections and files. No work may be in progress. */
    close: async () => {
      // Before the store and the database, to which they write: all others close concurrently.
      const writers = [T.ledger, T.healingLedger, T.unpacedLedger, T.studio];
      await Promise.all(writers.map((each) => container.unbindAsync(each)));
      await container.unbindAllAsync();
      await tracing?.close();
    },
  };
}

async function budgetOf(config: Config): Promise<ContainerModule> {
  if (!config.isLedgerInDatabase) return budgetModule(config);
  const { databaseBudgetModule } = await import('./database-budget-module.ts');
  return databaseBudgetModule(config);
}

const BLOG_PAGES = fileURLToPath(new URL('../../../dist/site', import.meta.url));
const PLACEHOLDERS = fileURLToPath(new URL('../http/cafe/placeholders', import.meta.url));
const A_DAY = 'public, max-age=86400';
const ADMIN_PAGE = fileURLToPath(new URL('../../../dist/admin', import.meta.url));
const ELEMENT = fileURLToPath(new URL('../../../bytesized-cafe-app', import.meta.url));
const NO_FILES: ReadonlyMap<string, never> = new Map<string, never>();
