import 'reflect-metadata';
import { fileURLToPath } from 'node:url';
import { Container, ContainerModule } from 'inversify';
import packageJson from '../../package.json' with { type: 'json' };
import { SystemClock } from '../adapters/clock/system.ts';
import { PinoJournal } from '../adapters/journal/pino.ts';
import { ObjectStorePageClaims } from '../adapters/page-claims/object-store.ts';
import { FallBack } from '../domain/fall-back.ts';
import { FallbackCopies } from '../domain/fallback-copies.ts';
import { FindPageImage } from '../domain/find-page-image.ts';
import { HealPage } from '../domain/heal-page.ts';
import { HeldPictures } from '../domain/held-pictures.ts';
import { ImageKeys } from '../domain/image-key.ts';
import { KeepPicture } from '../domain/keep-picture.ts';
import { KnownPages } from '../domain/known-pages.ts';
import { MakePicture } from '../domain/make-picture.ts';
import { MakeRenditions } from '../domain/make-renditions.ts';
import { PaintPage } from '../domain/paint-page.ts';
import { PicturePool } from '../domain/picture-pool.ts';
import type { Journal } from '../domain/ports/journal.ts';
import { RenditionUrls } from '../domain/rendition-urls.ts';
import { ServePageImage } from '../domain/serve-page-image.ts';
import { Slots } from '../domain/slots.ts';
import { adminModule } from './admin-module.ts';
import type { Cafe } from './cafe.ts';
import type { Config } from './config.ts';
import { readBuiltPages } from './http/built-pages.ts';
import { readElementFiles } from './http/element-assets.ts';
import { createLogger, type LogDestination } from './log.ts';
import {
  ledgerOf,
  locationOf,
  openGenerator,
  openLocator,
  openRenditionMaker,
  openSpool,
  openStore,
} from './open-adapters.ts';
import { T } from './tokens.ts';

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
  await container.load(adapters(config, journal), useCases(config), adminModule(config));
  const [store, generator, pool, held, servePageImage, findPageImage, admin] = await Promise.all([
    container.getAsync(T.store),
    container.getAsync(T.generator),
    container.getAsync(T.pool),
    container.getAsync(T.held),
    container.getAsync(T.servePageImage),
    container.getAsync(T.findPageImage),
    container.getAsync(T.admin),
  ]);
  return {
    config,
    logger,
    store,
    pool,
    held,
    servePageImage,
    findPageImage,
    renditionUrls: await container.getAsync(T.renditionUrls),
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
    placeholders: await readBuiltPages(PLACEHOLDERS, A_DAY),
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
const PLACEHOLDERS = fileURLToPath(new URL('placeholders', import.meta.url));
const A_DAY = 'public, max-age=86400';
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
    bind(T.renditionMaker).toResolvedValue(() => openRenditionMaker());
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
      (store, keys, spool, pool, clock, journal) =>
        new HeldPictures({ store, keys, spool, pool, clock, journal }),
      [T.store, T.keys, T.spool, T.pool, T.clock, T.journal],
    );
    bind(T.makeRenditions).toResolvedValue(
      (maker, store, keys, clock, journal) =>
        new MakeRenditions({ maker, store, keys, clock, journal }),
      [T.renditionMaker, T.store, T.keys, T.clock, T.journal],
    );
    bind(T.renditionUrls).toResolvedValue(
      (store, keys, clock) =>
        new RenditionUrls({ store, keys, clock, lifetimeMs: config.imageLifetimeMs }),
      [T.store, T.keys, T.clock],
    );
    bind(T.keepPicture).toResolvedValue(
      (store, keys, pool, held, makeRenditions, placements, clock, journal) =>
        new KeepPicture({
          ...{ store, keys, pool, held, makeRenditions, placements },
          ...{ clock, journal },
        }),
      [
        ...([T.store, T.keys, T.pool, T.held, T.makeRenditions, T.placements] as const),
        ...([T.clock, T.journal] as const),
      ],
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
    bind(T.known).toResolvedValue(
      (clock) => {
        const { pageCacheTtlMs: freshMs, pageCacheMaxPages: capacity } = config;
        return new KnownPages({ clock, freshMs, capacity });
      },
      [T.clock],
    );
    bind(T.servePageImage).toResolvedValue(
      (locator, known, ledger, claims, paintPage, fallBack, healPage, ...ground) => {
        const [store, keys, clock, journal] = ground;
        const { fallBackOnUpstreamError } = config;
        return new ServePageImage({
          ...{ locator, known, ledger, claims, paintPage, fallBack, healPage },
          ...{ store, keys, clock, journal, fallBackOnUpstreamError },
        });
      },
      [
        ...([T.locator, T.known, T.ledger, T.claims, T.paintPage, T.fallBack, T.healPage] as const),
        ...([T.store, T.keys, T.clock, T.journal] as const),
      ],
    );
    bind(T.findPageImage).toResolvedValue(
      (locator, store, keys, known, fallBack) =>
        new FindPageImage({ locator, store, keys, known, fallBack }),
      [T.locator, T.store, T.keys, T.known, T.fallBack],
    );
  });
}
