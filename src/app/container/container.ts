import 'reflect-metadata';
import { fileURLToPath } from 'node:url';
import { Container } from 'inversify';
import packageJson from '../../../package.json' with { type: 'json' };
import { PinoJournal } from '../../adapters/journal/pino.ts';
import { RateLimitedJournal } from '../../adapters/journal/rate-limited.ts';
import { SeveralJournals } from '../../adapters/journal/several.ts';
import type { Config } from '../config/config.ts';
import { readAdminFiles } from '../http/admin/admin-page.ts';
import { readBuiltPages } from '../http/files/built-pages.ts';
import { readEmbedFiles } from '../http/files/embed-assets.ts';
import { createLogger, type LogDestination } from '../log.ts';
import { adapterModule } from './adapter-module.ts';
import { adminModule } from './admin-module.ts';
import { admissionModule } from './admission-module.ts';
import { servicesOf } from './bindings.ts';
import { cafeModule } from './cafe-module.ts';
import { coreModule } from './core-module.ts';
import { monitoringModule } from './monitoring-module.ts';
import { locationOf, openTracing } from './open-adapters.ts';
import { T } from './tokens.ts';
import { tracingModule } from './tracing-module.ts';

/**
 * The whole service, wired for a configuration. Where the store, the generator and the locator come
 * from is all that differs between a laptop and production; only what is chosen is loaded.
 *
 * @throws what an adapter cannot open, such as a country database that is not there
 */
export async function openCafe(config: Config, logTo?: LogDestination) {
  const logger = createLogger(config, logTo);
  const container = new Container({ defaultScope: 'Singleton' });
  const journal = new SeveralJournals(new RateLimitedJournal(new PinoJournal(logger)));
  const { traces } = config.watching;
  const tracing = traces && (await openTracing(traces, packageJson.version, journal));
  await container.load(
    adapterModule(config, journal),
    admissionModule(config),
    coreModule(config),
    cafeModule(config),
    adminModule(config),
    monitoringModule(config, packageJson.version),
  );
  if (tracing) await container.load(tracingModule(tracing));
  const services = await servicesOf(container, {
    servePageImage: T.servePageImage,
    findPageImage: T.findPageImage,
    renditionUrls: T.renditionUrls,
    readiness: T.readiness,
    store: T.store,
    generator: T.generator,
    pool: T.pool,
    unstored: T.unstored,
    keys: T.keys,
    /** How callers may name pages. */
    names: T.names,
    /** None in production where no token is configured. */
    admin: T.admin,
    requestCounts: T.requestCounts,
    /** None in production where no token is configured. */
    metrics: T.metrics,
    watchModels: T.watchModels,
    /** None where there is nowhere to send alerts. */
    raiseAlerts: T.raiseAlerts,
    /** The site's pages, where others get no new image. */
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
    /** Millionths of a US dollar: the most that an image can cost as the service starts. */
    dearestMicroUsd: generator.dearestMicroUsd,
    /** The demo blog; none in production. */
    blogPages: config.production ? NO_FILES : await readBuiltPages(BLOG_PAGES),
    /** What is shown where there is no image at all, by name. */
    placeholders: await readBuiltPages(PLACEHOLDERS, A_DAY),
    elementFiles: await readEmbedFiles(ELEMENT),
    /** The admin page; none where there is no admin. */
    adminFiles: services.admin ? await readAdminFiles(ADMIN_PAGE) : NO_FILES,
    /** Lets go of connections and files; nothing may be under way. */
    close: async () => {
      // First, and before the store that they write to: the rest closes all at once.
      const ledgers = [T.ledger, T.healingLedger, T.unpacedLedger];
      await Promise.all(ledgers.map((each) => container.unbindAsync(each)));
      await container.unbindAllAsync();
      await tracing?.close();
    },
  };
}

const BLOG_PAGES = fileURLToPath(new URL('../../../dist/site', import.meta.url));
const PLACEHOLDERS = fileURLToPath(new URL('../http/cafe/placeholders', import.meta.url));
const A_DAY = 'public, max-age=86400';
const ADMIN_PAGE = fileURLToPath(new URL('../../../dist/admin', import.meta.url));
const ELEMENT = fileURLToPath(new URL('../../../bytesized-cafe-app', import.meta.url));
const NO_FILES: ReadonlyMap<string, never> = new Map<string, never>();
