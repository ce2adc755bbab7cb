import 'reflect-metadata';
import { fileURLToPath } from 'node:url';
import { Container } from 'inversify';
import packageJson from '../../../package.json' with { type: 'json' };
import { PinoJournal } from '../../adapters/journal/pino.ts';
import { RateLimitedJournal } from '../../adapters/journal/rate-limited.ts';
import { SeveralJournals } from '../../adapters/journal/several.ts';
import type { Cafe } from '../cafe.ts';
import type { Config } from '../config/config.ts';
import { readAdminFiles } from '../http/admin/admin-page.ts';
import { readBuiltPages } from '../http/files/built-pages.ts';
import { readEmbedFiles } from '../http/files/embed-assets.ts';
import { createLogger, type LogDestination } from '../log.ts';
import { adapterModule } from './adapter-module.ts';
import { adminModule } from './admin-module.ts';
import { admissionModule } from './admission-module.ts';
import { cafeModule } from './cafe-module.ts';
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
export async function openCafe(config: Config, logTo?: LogDestination): Promise<Cafe> {
  const logger = createLogger(config, logTo);
  const container = new Container({ defaultScope: 'Singleton' });
  const journal = new SeveralJournals(new RateLimitedJournal(new PinoJournal(logger)));
  const { traces } = config.watching;
  const tracing = traces && (await openTracing(traces, packageJson.version, journal));
  await container.load(
    ...[adapterModule(config, journal), admissionModule(config)],
    ...[cafeModule(config), adminModule(config), monitoringModule(config, packageJson.version)],
    ...(tracing ? [tracingModule(tracing)] : []),
  );
  const [store, generator, pool, held, servePageImage, findPageImage, admin] = await Promise.all([
    container.getAsync(T.store),
    container.getAsync(T.generator),
    container.getAsync(T.pool),
    container.getAsync(T.held),
    container.getAsync(T.servePageImage),
    container.getAsync(T.findPageImage),
    container.getAsync(T.admin),
  ]);
  const [metrics, raiseAlerts] = await Promise.all([
    container.getAsync(T.metrics),
    container.getAsync(T.raiseAlerts),
  ]);
  for (const listener of [metrics, raiseAlerts]) if (listener) journal.add(listener);
  return {
    config,
    logger,
    store,
    pool,
    held,
    servePageImage,
    findPageImage,
    readiness: await container.getAsync(T.readiness),
    renditionUrls: await container.getAsync(T.renditionUrls),
    admin,
    sitePages: await container.getAsync(T.sitePages),
    keys: container.get(T.keys),
    names: container.get(T.names),
    requestCounts: container.get(T.requestCounts),
    metrics,
    raiseAlerts,
    watchModels: await container.getAsync(T.watchModels),
    about: {
      name: packageJson.name,
      version: packageJson.version,
      store: { kind: config.store.kind, location: locationOf(config.store) },
      generator: { kind: config.generator.kind, model: generator.model },
      locator: { kind: config.locator.kind },
      dailyBudget: config.dailyBudget,
    },
    dearestMicroUsd: generator.dearestMicroUsd,
    blogPages: config.production ? new Map() : await readBuiltPages(BLOG_PAGES),
    placeholders: await readBuiltPages(PLACEHOLDERS, A_DAY),
    elementFiles: await readEmbedFiles(ELEMENT),
    adminFiles: admin ? await readAdminFiles(ADMIN_PAGE) : new Map(),
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
