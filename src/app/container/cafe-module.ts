import { ContainerModule } from 'inversify';
import { SpendingControl } from '../../domain/budget/spending-control.ts';
import { FallbackQuota } from '../../domain/cafe/fallback/fallback-quota.ts';
import { ServeFallback } from '../../domain/cafe/fallback/serve-fallback.ts';
import { VerifyCopies } from '../../domain/cafe/fallback/verify-copies.ts';
import { FindPageImage } from '../../domain/cafe/find-page-image.ts';
import { GeneratePageImage } from '../../domain/cafe/generate-page-image.ts';
import { ChangePageImage } from '../../domain/cafe/moderation/change-page-image.ts';
import { ImagesBeingHidden } from '../../domain/cafe/moderation/images-being-hidden.ts';
import { ReviewQueue } from '../../domain/cafe/moderation/review-queue.ts';
import { PlaceImage } from '../../domain/cafe/placement/place-image.ts';
import { PlacementIndex } from '../../domain/cafe/placement/placement-index.ts';
import { StorePageImage } from '../../domain/cafe/placement/store-page-image.ts';
import { ImagePool } from '../../domain/cafe/pool/image-pool.ts';
import { RecentImages } from '../../domain/cafe/pool/recent-images.ts';
import { RegeneratePage } from '../../domain/cafe/regenerate-page.ts';
import { ReplaceFallback } from '../../domain/cafe/replace-fallback.ts';
import { ResponseCache } from '../../domain/cafe/response-cache/response-cache.ts';
import { ServePageImage } from '../../domain/cafe/serve-page-image.ts';
import { GenerateImage } from '../../domain/generation/generate-image.ts';
import { ImageLifetime } from '../../domain/images/image-lifetime.ts';
import { MakeRenditions } from '../../domain/images/make-renditions.ts';
import { PersistImage } from '../../domain/images/persist-image.ts';
import { RenditionUrls } from '../../domain/images/rendition-urls.ts';
import { UnstoredImages } from '../../domain/images/unstored-images.ts';
import { Semaphore } from '../../domain/kernel/semaphore.ts';
import { LoadShedding } from '../../domain/limits/load-shedding.ts';
import { Readiness } from '../../domain/monitoring/readiness.ts';
import { PageNames } from '../../domain/pages/page-names.ts';
import { ImageKeys } from '../../domain/storage/image-keys.ts';
import type { Config } from '../config/config.ts';
import { T } from './tokens.ts';

/** What a picture that is drawn here takes at most, on a busy machine. */
const DRAWING_MS = 60_000;

/** What finds, makes and keeps pictures for readers. */
export function cafeModule(config: Config): ContainerModule {
  const { recordsPrefix, isReviewedBefore, budgetOpensOverHours } = config;
  const { budgetCeiling: ceiling, isCeilingSet } = config.admin;
  // What the owner asks for waits for no hour.
  const ownersLedger = budgetOpensOverHours === 0 ? T.ledger : T.unpacedLedger;
  return new ContainerModule(({ bind }) => {
    bind(T.keys).toConstantValue(new ImageKeys(config.imagePrefix));
    bind(T.names).toConstantValue(new PageNames(config.pageNames));
    bind(T.control).toResolvedValue(
      (store, notice) => new SpendingControl({ store, recordsPrefix, ceiling, notice }),
      [T.store, T.notice],
    );
    bind(T.generateImage).toResolvedValue(
      (generator, clock, journal) => {
        const slots = new Semaphore(config.maxConcurrentGenerations);
        const maxModerated = Math.max(config.dailyBudget, isCeilingSet ? ceiling : 0);
        return new GenerateImage({ generator, maxModerated, slots, clock, journal });
      },
      [T.generator, T.clock, T.journal],
    );
    bind(T.beingHidden).toConstantValue(new ImagesBeingHidden());
    bind(T.recentImages).toConstantValue(new RecentImages());
    bind(T.pool).toResolvedValue(
      (store, keys, recent, clock, journal) =>
        new ImagePool({ store, keys, recent, clock, journal }),
      [T.store, T.keys, T.recentImages, T.clock, T.journal],
    );
    bind(T.held).toResolvedValue(
      (store, keys, spool, pool, clock, journal) =>
        new UnstoredImages({ store, keys, recordsPrefix, spool, pool, clock, journal }),
      [T.store, T.keys, T.spool, T.pool, T.clock, T.journal],
    );
    bind(T.makeRenditions).toResolvedValue(
      (maker, store, keys, clock, journal) =>
        new MakeRenditions({
          maker,
          store,
          keys,
          clock,
          journal,
          timeoutMs: config.renditionTimeoutMs,
        }),
      [T.renditionMaker, T.store, T.keys, T.clock, T.journal],
    );
    bind(T.renditionUrls).toResolvedValue(
      (store, keys, clock) =>
        new RenditionUrls({ store, keys, clock, lifetimeMs: config.imageLifetimeMs }),
      [T.store, T.keys, T.clock],
    );
    // Also where there is no admin, as there may be one later.
    bind(T.placementIndex).toResolvedValue(
      (store, keys, clock) => new PlacementIndex({ store, keys, recordsPrefix, clock }),
      [T.store, T.keys, T.clock],
    );
    bind(T.lookupPlacements).toResolvedValue(
      (store, keys, clock) => new PlacementIndex({ store, keys, recordsPrefix, clock }),
      [T.lookupStore, T.keys, T.clock],
    );
    bind(T.placeImage).toResolvedValue(
      (store, keys, placementIndex) => new PlaceImage({ store, keys, placementIndex }),
      [T.store, T.keys, T.placementIndex],
    );
    bind(T.persistImage).toResolvedValue(
      (store, held, clock, journal) => new PersistImage({ store, held, clock, journal }),
      [T.store, T.held, T.clock, T.journal],
    );
    bind(T.storePageImage).toResolvedValue(
      (store, keys, pool, persistImage, makeRenditions, placeImage, journal) =>
        new StorePageImage({
          ...{ store, keys, pool, persistImage },
          ...{ makeRenditions, placeImage, journal },
        }),
      [
        ...([T.store, T.keys, T.pool, T.persistImage, T.makeRenditions] as const),
        ...([T.placeImage, T.journal] as const),
      ],
    );
    bind(T.reviewQueue).toResolvedValue(
      (store, keys, persistImage, makeRenditions, journal) =>
        new ReviewQueue({
          ...{ store, keys, recordsPrefix },
          ...{ persistImage, makeRenditions, journal },
        }),
      [T.store, T.keys, T.persistImage, T.makeRenditions, T.journal],
    );
    bind(T.generatePageImage).toResolvedValue(
      (claims, store, keys, clock, generateImage, storePageImage, placeImage, reviewQueue) =>
        new GeneratePageImage({
          ...{ claims, store, keys, clock, generateImage, storePageImage, placeImage },
          ...{ reviewQueue, isReviewedBefore },
        }),
      [
        ...([T.claims, T.store, T.keys, T.clock, T.generateImage, T.storePageImage] as const),
        ...([T.placeImage, T.reviewQueue] as const),
      ],
    );
    if (config.healFallbacks) {
      bind(T.replaceFallback).toResolvedValue(
        (generatePageImage, ledger, policy, clock, journal) =>
          new ReplaceFallback({ generatePageImage, ledger, policy, clock, journal }),
        [T.generatePageImage, T.healingLedger, T.generationPolicy, T.clock, T.journal],
      );
    } else bind(T.replaceFallback).toConstantValue(undefined);
    bind(T.changePageImage).toResolvedValue(
      (store, keys, claims, placementIndex, known, clock) => {
        const forget = (pageKey: string) => known.invalidate(pageKey);
        return new ChangePageImage({ store, keys, claims, placementIndex, forget, clock });
      },
      [T.store, T.keys, T.claims, T.placementIndex, T.known, T.clock],
    );
    bind(T.serveFallback).toResolvedValue(
      (store, pool, claims, keys, placementIndex, changePageImage, ...rest) => {
        const [beingHidden, clock, journal] = rest;
        const copies = new FallbackQuota({ maxPerDay: config.maxFallbackCopiesPerDay, clock });
        const common = { store, keys, pool, journal };
        const checkCopies = new VerifyCopies({ ...common, recordsPrefix, changePageImage });
        return new ServeFallback({
          ...{ ...common, claims, copies, checkCopies, placementIndex, beingHidden },
        });
      },
      [
        ...([T.lookupStore, T.pool, T.lookupClaims, T.keys, T.lookupPlacements] as const),
        ...([T.changePageImage, T.beingHidden, T.clock, T.journal] as const),
      ],
    );
    bind(T.known).toResolvedValue(
      (clock) => {
        const { pageCacheTtlMs: freshMs, pageCacheMaxPages: capacity } = config;
        const life = new ImageLifetime({ lifetimeMs: config.imageLifetimeMs, clock });
        return new ResponseCache({ clock, freshMs, capacity, life });
      },
      [T.clock],
    );
    bind(T.room).toResolvedValue(
      (clock) => {
        const { maxWaitingRequests: maxWaiting, maxSearches } = config;
        const { maxWaitingPerAddress: maxPerAddress } = config;
        return new LoadShedding({ maxWaiting, maxSearches, maxPerAddress, clock });
      },
      [T.clock],
    );
    bind(T.readiness).toResolvedValue(
      (store, control, clock) => new Readiness({ store, key: control.key, clock }),
      [T.store, T.control, T.clock],
    );
    bind(T.servePageImage).toResolvedValue(
      (
        locator,
        known,
        ledger,
        claims,
        generatePageImage,
        serveFallback,
        replaceFallback,
        ...ground
      ) => {
        const [policy, twins, store, keys, recent, clock, journal, room, ...rest] = ground;
        const [health, beingHidden] = rest;
        const { fallBackOnUpstreamError, generator } = config;
        const isStoreFailing = () => health.isFailing('store');
        return new ServePageImage({
          ...{ locator, known, ledger, claims, generatePageImage, serveFallback, replaceFallback },
          ...{ policy, twins, recent, room, beingHidden, isStoreFailing },
          ...{ store, keys, clock, journal, fallBackOnUpstreamError, isReviewedBefore },
          firstPictureMs: generator.kind === 'openai' ? generator.timeoutMs : DRAWING_MS,
        });
      },
      [
        ...([T.locator, T.known, T.ledger, T.lookupClaims, T.generatePageImage] as const),
        ...([T.serveFallback, T.replaceFallback, T.generationPolicy, T.twins] as const),
        ...([T.lookupStore, T.keys, T.recentImages] as const),
        ...([T.clock, T.journal, T.room, T.health, T.beingHidden] as const),
      ],
    );
    bind(T.regeneratePage).toResolvedValue(
      (generatePageImage, store, ledger, known) =>
        new RegeneratePage({ generatePageImage, store, ledger, known }),
      [T.generatePageImage, T.store, ownersLedger, T.known],
    );
    bind(T.findPageImage).toResolvedValue(
      (locator, store, keys, known, serveFallback, beingHidden, room, twins) =>
        new FindPageImage({ locator, store, keys, known, serveFallback, beingHidden, room, twins }),
      [
        ...([T.locator, T.lookupStore, T.keys, T.known, T.serveFallback] as const),
        ...([T.beingHidden, T.room, T.twins] as const),
      ],
    );
  });
}
