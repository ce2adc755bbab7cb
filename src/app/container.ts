import 'reflect-metadata';
import { fileURLToPath } from 'node:url';
import { Container, ContainerModule, type ServiceIdentifier } from 'inversify';
import packageJson from '../../package.json' with { type: 'json' };
import type { ObjectStoreBudgetLedger } from '../adapters/budget-ledger/object-store.ts';
import { SystemClock } from '../adapters/clock/system.ts';
import { PinoJournal } from '../adapters/journal/pino.ts';
import { ObjectStorePageClaims } from '../adapters/page-claims/object-store.ts';
import { FallBack } from '../domain/fall-back.ts';
import { FallbackCopies } from '../domain/fallback-copies.ts';
import { HealPage } from '../domain/heal-page.ts';
import { HeldPictures } from '../domain/held-pictures.ts';
import { ImageKeys } from '../domain/image-key.ts';
import { KeepPicture } from '../domain/keep-picture.ts';
import { KnownPages } from '../domain/known-pages.ts';
import { MakePicture } from '../domain/make-picture.ts';
import { PaintPage } from '../domain/paint-page.ts';
import { PicturePool } from '../domain/picture-pool.ts';
import type { Placements } from '../domain/placements.ts';
import type { Clock } from '../domain/ports/clock.ts';
import type { GeoLocator } from '../domain/ports/geo-locator.ts';
import type { ImageGenerator } from '../domain/ports/image-generator.ts';
import type { ImageStore } from '../domain/ports/image-store.ts';
import type { Journal } from '../domain/ports/journal.ts';
import type { ObjectStore } from '../domain/ports/object-store.ts';
import type { PageClaims } from '../domain/ports/page-claims.ts';
import { ServePageImage } from '../domain/serve-page-image.ts';
import { Slots } from '../domain/slots.ts';
import type { Admin } from './admin.ts';
import { adminModule } from './admin-module.ts';
import type { Cafe } from './cafe.ts';
import type { Config } from './config.ts';
import { readBuiltPages } from './http/built-pages.ts';
import { readElementFiles } from './http/element-assets.ts';
import { createLogger, type LogDestination } from './log.ts';
import {
  ledgerOf,
  locationOf,
  type Notice,
  openGenerator,
  openLocator,
  openSpool,
  openStore,
} from './open-adapters.ts';

const token = <T>(name: string): ServiceIdentifier<T> => Symbol(name);
const T = {
  clock: token<Clock>('Clock'),
  journal: token<Journal>('Journal'),
  notice: token<Notice>('Notice'),
  keys: token<ImageKeys>('ImageKeys'),
  store: token<ImageStore>('ImageStore'),
  generator: token<ImageGenerator>('ImageGenerator'),
  locator: token<GeoLocator>('GeoLocator'),
  ledger: token<ObjectStoreBudgetLedger>('BudgetLedger'),
  healingLedger: token<ObjectStoreBudgetLedger>('BudgetLedger of what may be used for healing'),
  claims: token<PageClaims>('PageClaims'),
  spool: token<ObjectStore | undefined>('ObjectStore for pictures that the store did not take'),
  makePicture: token<MakePicture>('MakePicture'),
  pool: token<PicturePool>('PicturePool'),
  held: token<HeldPictures>('HeldPictures'),
  placements: token<Placements>('Placements'),
  keepPicture: token<KeepPicture>('KeepPicture'),
  paintPage: token<PaintPage>('PaintPage'),
  healPage: token<HealPage | undefined>('HealPage'),
  fallBack: token<FallBack>('FallBack'),
  servePageImage: token<ServePageImage>('ServePageImage'),
  admin: token<Admin | undefined>('Admin'),
};
export type Tokens = typeof T;

/**
 * The whole service, wired for a configuration. Where the store, the generator and the locator come
 * from is all that differs between a laptop and production; only what is chosen is loaded.
 *
 * @throws what an adapter cannot open, such as a country database that is not there
 */
export async function openCafe(config: Config, logTo?: LogDestination): Promise<Cafe> {
  const logger = createLogger(config, logTo);
  const container = new Container({ defaultScope: 'Singleton' });
  const journal = new PinoJournal(logger);
  await container.load(adapters(config, journal), useCases(config), adminModule(config, T));
  const [store, generator, pool, held, servePageImage, admin] = await Promise.all([
    container.getAsync(T.store),
    container.getAsync(T.generator),
    container.getAsync(T.pool),
    container.getAsync(T.held),
    container.getAsync(T.servePageImage),
    container.getAsync(T.admin),
  ]);
  return {
    config,
    logger,
    store,
    pool,
    held,
    servePageImage,
    admin,
    keys: container.get(T.keys),
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
    elementFiles: await readElementFiles(ELEMENT),
    close: async () => {
      // First, and before the store that they write to: the rest closes all at once.
      await Promise.all([T.ledger, T.healingLedger].map((each) => container.unbindAsync(each)));
      await container.unbindAllAsync();
    },
  };
}

/** Of a day's budget: the rest is for pages that have no picture at all. */
const HEALING_SHARE = 0.5;

const BLOG_PAGES = fileURLToPath(new URL('../../dist/site', import.meta.url));
const ELEMENT = fileURLToPath(new URL('../../bytesized-cafe-app', import.meta.url));

function adapters(config: Config, journal: Journal): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(T.clock).toConstantValue(new SystemClock());
    bind(T.journal).toConstantValue(journal);
    bind(T.notice).toConstantValue((message, details) =>
      journal.record({ event: 'notice', message, details }),
    );
    bind(T.store)
      .toResolvedValue((notice) => openStore(config, notice), [T.notice])
      .onDeactivation((store) => store.close());
    bind(T.generator).toResolvedValue(
      (clock, notice) => openGenerator(config.generator, clock, notice),
      [T.clock, T.notice],
    );
    bind(T.locator).toResolvedValue(
      (clock, notice) => openLocator(config.locator, clock, notice),
      [T.clock, T.notice],
    );
    bind(T.spool).toResolvedValue(() => openSpool(config.store));
    bind(T.ledger)
      .toResolvedValue(ledgerOf(config, 1), [T.store, T.keys, T.clock, T.notice])
      .onDeactivation((ledger) => ledger.close());
    // Over the same records, so that what one of them grants counts for the other.
    bind(T.healingLedger)
      .toResolvedValue(ledgerOf(config, HEALING_SHARE), [T.store, T.keys, T.clock, T.notice])
      .onDeactivation((ledger) => ledger.close());
    bind(T.claims).toResolvedValue(
      (store, keys, clock, journal) => {
        const { recordsPrefix, claimLeaseMs: leaseMs } = config;
        return new ObjectStorePageClaims({ store, keys, recordsPrefix, leaseMs, clock, journal });
      },
      [T.store, T.keys, T.clock, T.journal],
    );
  });
}

function useCases(config: Config): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(T.keys).toConstantValue(new ImageKeys(config.imagePrefix));
    bind(T.makePicture).toResolvedValue(
      (generator, clock, journal) => {
        const slots = new Slots(config.maxConcurrentGenerations);
        return new MakePicture({ generator, slots, clock, journal });
      },
      [T.generator, T.clock, T.journal],
    );
    bind(T.pool).toResolvedValue(
      (store, keys, clock, journal) => new PicturePool({ store, keys, clock, journal }),
      [T.store, T.keys, T.clock, T.journal],
    );
    bind(T.held).toResolvedValue(
      (store, spool, pool, clock, journal) =>
        new HeldPictures({ store, spool, pool, clock, journal }),
      [T.store, T.spool, T.pool, T.clock, T.journal],
    );
    bind(T.keepPicture).toResolvedValue(
      (store, keys, pool, held, placements, clock, journal) =>
        new KeepPicture({ store, keys, pool, held, placements, clock, journal }),
      [T.store, T.keys, T.pool, T.held, T.placements, T.clock, T.journal],
    );
    bind(T.paintPage).toResolvedValue(
      (claims, store, keys, makePicture, keepPicture, clock) =>
        new PaintPage({ claims, store, keys, makePicture, keepPicture, clock }),
      [T.claims, T.store, T.keys, T.makePicture, T.keepPicture, T.clock],
    );
    if (config.healFallbacks) {
      bind(T.healPage).toResolvedValue(
        (paintPage, ledger, clock, journal) => new HealPage({ paintPage, ledger, clock, journal }),
        [T.paintPage, T.healingLedger, T.clock, T.journal],
      );
    } else bind(T.healPage).toConstantValue(undefined);
    bind(T.fallBack).toResolvedValue(
      (store, pool, claims, keys, placements, clock, journal) => {
        const copies = new FallbackCopies({ mostPerDay: config.maxFallbackCopiesPerDay, clock });
        return new FallBack({ store, pool, claims, copies, keys, placements, journal });
      },
      [T.store, T.pool, T.claims, T.keys, T.placements, T.clock, T.journal],
    );
    bind(T.servePageImage).toResolvedValue(
      (locator, store, keys, ledger, claims, paintPage, fallBack, healPage, clock, journal) =>
        new ServePageImage({
          locator,
          store,
          keys,
          ledger,
          claims,
          paintPage,
          fallBack,
          healPage,
          clock,
          journal,
          known: new KnownPages({
            clock,
            freshMs: config.pageCacheTtlMs,
            capacity: config.pageCacheMaxPages,
          }),
          fallBackOnUpstreamError: config.fallBackOnUpstreamError,
        }),
      [
        T.locator,
        T.store,
        T.keys,
        T.ledger,
        T.claims,
        T.paintPage,
        T.fallBack,
        T.healPage,
        T.clock,
        T.journal,
      ],
    );
  });
}
