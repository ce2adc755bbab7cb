import type { ContainerModule } from 'inversify';
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
import { ImageLifetime } from '../../domain/images/image-lifetime.ts';
import type { Config } from '../config/config.ts';
import { bindings } from './bindings.ts';
import { T } from './tokens.ts';

/** Maximum time to draw an image locally, on a busy machine. */
const DRAWING_MS = 60_000;

/** Finds, generates and stores images for readers. */
export function cafeModule(config: Config): ContainerModule {
  const { recordsPrefix, isReviewedBefore, imageLifetimeMs, fallBackOnUpstreamError } = config;
  return bindings(({ value, resolve }) => {
    value(T.beingHidden, new ImagesBeingHidden());
    value(T.recentImages, new RecentImages());
    resolve(
      T.pool,
      {
        store: T.store,
        keys: T.keys,
        recent: T.recentImages,
        events: T.events,
        clock: T.clock,
        journal: T.journal,
      },
      (deps) => new ImagePool(deps),
    );
    // Also needed without an admin, because one may be enabled later.
    resolve(
      T.placementIndex,
      { store: T.store, keys: T.keys, clock: T.clock },
      (deps) => new PlacementIndex({ ...deps, recordsPrefix }),
    );
    resolve(
      T.lookupPlacements,
      { store: T.lookupStore, keys: T.keys, clock: T.clock },
      (deps) => new PlacementIndex({ ...deps, recordsPrefix }),
    );
    resolve(
      T.placeImage,
      { store: T.store, placementIndex: T.placementIndex },
      (deps) => new PlaceImage(deps),
    );
    resolve(
      T.storePageImage,
      {
        store: T.store,
        keys: T.keys,
        events: T.events,
        persistImage: T.persistImage,
        makeRenditions: T.makeRenditions,
        placeImage: T.placeImage,
        journal: T.journal,
      },
      (deps) => new StorePageImage(deps),
    );
    resolve(
      T.reviewQueue,
      {
        store: T.store,
        keys: T.keys,
        persistImage: T.persistImage,
        makeRenditions: T.makeRenditions,
        journal: T.journal,
      },
      (deps) => new ReviewQueue({ ...deps, recordsPrefix }),
    );
    resolve(
      T.generatePageImage,
      {
        claims: T.claims,
        store: T.store,
        keys: T.keys,
        clock: T.clock,
        generateImage: T.generateImage,
        storePageImage: T.storePageImage,
        placeImage: T.placeImage,
        reviewQueue: T.reviewQueue,
        unstored: T.unstored,
        journal: T.journal,
      },
      (deps) => new GeneratePageImage({ ...deps, isReviewedBefore }),
    );
    if (config.healFallbacks) {
      resolve(
        T.replaceFallback,
        {
          generatePageImage: T.generatePageImage,
          ledger: T.healingLedger,
          policy: T.generationPolicy,
          clock: T.clock,
          journal: T.journal,
        },
        (deps) => new ReplaceFallback(deps),
      );
    } else value(T.replaceFallback, undefined);
    resolve(
      T.changePageImage,
      {
        store: T.store,
        keys: T.keys,
        claims: T.claims,
        placementIndex: T.placementIndex,
        known: T.known,
        clock: T.clock,
      },
      ({ known, ...deps }) =>
        new ChangePageImage({ ...deps, forget: (pageKey) => known.invalidate(pageKey) }),
    );
    resolve(
      T.serveFallback,
      {
        store: T.lookupStore,
        pool: T.pool,
        claims: T.lookupClaims,
        keys: T.keys,
        placementIndex: T.lookupPlacements,
        changePageImage: T.changePageImage,
        beingHidden: T.beingHidden,
        clock: T.clock,
        journal: T.journal,
      },
      (deps) => {
        const maxPerDay = config.maxFallbackCopiesPerDay;
        const copies = new FallbackQuota({ maxPerDay, clock: deps.clock });
        const checkCopies = new VerifyCopies({ ...deps, recordsPrefix });
        return new ServeFallback({ ...deps, copies, checkCopies });
      },
    );
    resolve(T.known, { clock: T.clock }, ({ clock }) => {
      const life = new ImageLifetime({ lifetimeMs: imageLifetimeMs, clock });
      const { pageCacheTtlMs, pageCacheMaxPages } = config;
      return new ResponseCache({
        clock,
        life,
        freshMs: pageCacheTtlMs,
        capacity: pageCacheMaxPages,
      });
    });
    resolve(
      T.servePageImage,
      {
        locator: T.locator,
        known: T.known,
        ledger: T.ledger,
        claims: T.lookupClaims,
        generatePageImage: T.generatePageImage,
        serveFallback: T.serveFallback,
        replaceFallback: T.replaceFallback,
        policy: T.generationPolicy,
        twins: T.twins,
        store: T.lookupStore,
        keys: T.keys,
        recent: T.recentImages,
        beingHidden: T.beingHidden,
        clock: T.clock,
        journal: T.journal,
        room: T.room,
        health: T.health,
      },
      (deps) =>
        new ServePageImage({
          ...deps,
          fallBackOnUpstreamError,
          isReviewedBefore,
          firstPictureMs: firstPictureMs(config),
        }),
    );
    resolve(
      T.regeneratePage,
      {
        generatePageImage: T.generatePageImage,
        store: T.store,
        // Hourly pacing does not apply to the owner's requests.
        ledger: config.budgetOpensOverHours === 0 ? T.ledger : T.unpacedLedger,
        known: T.known,
      },
      (deps) => new RegeneratePage(deps),
    );
    resolve(
      T.findPageImage,
      {
        locator: T.locator,
        store: T.lookupStore,
        keys: T.keys,
        known: T.known,
        serveFallback: T.serveFallback,
        beingHidden: T.beingHidden,
        room: T.room,
        twins: T.twins,
      },
      (deps) => new FindPageImage(deps),
    );
  });
}

/** How long a page without a fallback waits for its image. */
function firstPictureMs({ generator }: Config): number {
  return generator.kind === 'openai' ? generator.timeoutMs : DRAWING_MS;
}
