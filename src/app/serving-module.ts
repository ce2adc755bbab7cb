import { ContainerModule } from 'inversify';
import { ChangePage } from '../domain/admin/change-page.ts';
import { BrewForOwner } from '../domain/brew-for-owner.ts';
import { CheckCopies } from '../domain/check-copies.ts';
import { FallBack } from '../domain/fall-back.ts';
import { FallbackCopies } from '../domain/fallback-copies.ts';
import { FindPageImage } from '../domain/find-page-image.ts';
import { GenerationControl } from '../domain/generation-control.ts';
import { HealPage } from '../domain/heal-page.ts';
import { HeldPictures } from '../domain/held-pictures.ts';
import { ImageKeys } from '../domain/image-key.ts';
import { KeepPicture } from '../domain/keep-picture.ts';
import { KnownPages } from '../domain/known-pages.ts';
import { MakePicture } from '../domain/make-picture.ts';
import { MakeRenditions } from '../domain/make-renditions.ts';
import { PageNames } from '../domain/page-names.ts';
import { PaintPage } from '../domain/paint-page.ts';
import { PendingPictures } from '../domain/pending-pictures.ts';
import { PersistPicture } from '../domain/persist-picture.ts';
import { PictureLife } from '../domain/picture-life.ts';
import { PicturePool } from '../domain/picture-pool.ts';
import { PicturesBeingHidden } from '../domain/pictures-being-hidden.ts';
import { PlacePicture } from '../domain/place-picture.ts';
import { Placements } from '../domain/placements.ts';
import { Readiness } from '../domain/readiness.ts';
import { RecentPictures } from '../domain/recent-pictures.ts';
import { RenditionUrls } from '../domain/rendition-urls.ts';
import { ServePageImage } from '../domain/serve-page-image.ts';
import { Slots } from '../domain/slots.ts';
import { WaitingRoom } from '../domain/waiting-room.ts';
import type { Config } from './config.ts';
import { T } from './tokens.ts';

/** What a picture that is drawn here takes at most, on a busy machine. */
const DRAWING_MS = 60_000;

/** What finds, makes and keeps pictures for readers. */
export function servingModule(config: Config): ContainerModule {
  const { recordsPrefix, isReviewedBefore, budgetOpensOverHours } = config;
  const { budgetCeiling: ceiling, isCeilingSet } = config.admin;
  // What the owner asks for waits for no hour.
  const ownersLedger = budgetOpensOverHours === 0 ? T.ledger : T.unpacedLedger;
  return new ContainerModule(({ bind }) => {
    bind(T.keys).toConstantValue(new ImageKeys(config.imagePrefix));
    bind(T.names).toConstantValue(new PageNames(config.pageNames));
    bind(T.control).toResolvedValue(
      (store, notice) => new GenerationControl({ store, recordsPrefix, ceiling, notice }),
      [T.store, T.notice],
    );
    bind(T.makePicture).toResolvedValue(
      (generator, clock, journal) => {
        const slots = new Slots(config.maxConcurrentGenerations);
        const mostModerated = Math.max(config.dailyBudget, isCeilingSet ? ceiling : 0);
        return new MakePicture({ generator, mostModerated, slots, clock, journal });
      },
      [T.generator, T.clock, T.journal],
    );
    bind(T.beingHidden).toConstantValue(new PicturesBeingHidden());
    bind(T.recentPictures).toConstantValue(new RecentPictures());
    bind(T.pool).toResolvedValue(
      (store, keys, recent, clock, journal) =>
        new PicturePool({ store, keys, recent, clock, journal }),
      [T.store, T.keys, T.recentPictures, T.clock, T.journal],
    );
    bind(T.held).toResolvedValue(
      (store, keys, spool, pool, clock, journal) =>
        new HeldPictures({ store, keys, recordsPrefix, spool, pool, clock, journal }),
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
    bind(T.placements).toResolvedValue(
      (store, keys, clock) => new Placements({ store, keys, recordsPrefix, clock }),
      [T.store, T.keys, T.clock],
    );
    bind(T.lookupPlacements).toResolvedValue(
      (store, keys, clock) => new Placements({ store, keys, recordsPrefix, clock }),
      [T.lookupStore, T.keys, T.clock],
    );
    bind(T.placePicture).toResolvedValue(
      (store, keys, placements) => new PlacePicture({ store, keys, placements }),
      [T.store, T.keys, T.placements],
    );
    bind(T.persistPicture).toResolvedValue(
      (store, held, clock, journal) => new PersistPicture({ store, held, clock, journal }),
      [T.store, T.held, T.clock, T.journal],
    );
    bind(T.keepPicture).toResolvedValue(
      (store, keys, pool, persistPicture, makeRenditions, placePicture, journal) =>
        new KeepPicture({
          ...{ store, keys, pool, persistPicture },
          ...{ makeRenditions, placePicture, journal },
        }),
      [
        ...([T.store, T.keys, T.pool, T.persistPicture, T.makeRenditions] as const),
        ...([T.placePicture, T.journal] as const),
      ],
    );
    bind(T.pendingPictures).toResolvedValue(
      (store, keys, persistPicture, makeRenditions, journal) =>
        new PendingPictures({
          ...{ store, keys, recordsPrefix },
          ...{ persistPicture, makeRenditions, journal },
        }),
      [T.store, T.keys, T.persistPicture, T.makeRenditions, T.journal],
    );
    bind(T.paintPage).toResolvedValue(
      (claims, store, keys, clock, makePicture, keepPicture, placePicture, pendingPictures) =>
        new PaintPage({
          ...{ claims, store, keys, clock, makePicture, keepPicture, placePicture },
          ...{ pendingPictures, isReviewedBefore },
        }),
      [
        ...([T.claims, T.store, T.keys, T.clock, T.makePicture, T.keepPicture] as const),
        ...([T.placePicture, T.pendingPictures] as const),
      ],
    );
    if (config.healFallbacks) {
      bind(T.healPage).toResolvedValue(
        (paintPage, ledger, policy, clock, journal) =>
          new HealPage({ paintPage, ledger, policy, clock, journal }),
        [T.paintPage, T.healingLedger, T.purchasePolicy, T.clock, T.journal],
      );
    } else bind(T.healPage).toConstantValue(undefined);
    bind(T.changePage).toResolvedValue(
      (store, keys, claims, placements, known, clock) => {
        const forget = (pageKey: string) => known.withdraw(pageKey);
        return new ChangePage({ store, keys, claims, placements, forget, clock });
      },
      [T.store, T.keys, T.claims, T.placements, T.known, T.clock],
    );
    bind(T.fallBack).toResolvedValue(
      (store, pool, claims, keys, placements, changePage, beingHidden, clock, journal) => {
        const copies = new FallbackCopies({ mostPerDay: config.maxFallbackCopiesPerDay, clock });
        const common = { store, keys, pool, journal };
        const checkCopies = new CheckCopies({ ...common, recordsPrefix, changePage });
        return new FallBack({
          ...{ ...common, claims, copies, checkCopies, placements, beingHidden },
        });
      },
      [
        ...([T.lookupStore, T.pool, T.lookupClaims, T.keys, T.lookupPlacements] as const),
        ...([T.changePage, T.beingHidden, T.clock, T.journal] as const),
      ],
    );
    bind(T.known).toResolvedValue(
      (clock) => {
        const { pageCacheTtlMs: freshMs, pageCacheMaxPages: capacity } = config;
        const life = new PictureLife({ lifetimeMs: config.imageLifetimeMs, clock });
        return new KnownPages({ clock, freshMs, capacity, life });
      },
      [T.clock],
    );
    bind(T.room).toResolvedValue(
      (clock) => {
        const { maxWaitingRequests: mostWaiting, maxSearches: mostSearches } = config;
        const { maxWaitingPerAddress: mostOfOne } = config;
        return new WaitingRoom({ mostWaiting, mostSearches, mostOfOne, clock });
      },
      [T.clock],
    );
    bind(T.readiness).toResolvedValue(
      (store, control, clock) => new Readiness({ store, key: control.key, clock }),
      [T.store, T.control, T.clock],
    );
    bind(T.servePageImage).toResolvedValue(
      (locator, known, ledger, claims, paintPage, fallBack, healPage, ...ground) => {
        const [policy, twins, store, keys, recent, clock, journal, room, ...rest] = ground;
        const [health, beingHidden] = rest;
        const { fallBackOnUpstreamError, generator } = config;
        const isStoreFailing = () => health.isFailing('store');
        return new ServePageImage({
          ...{ locator, known, ledger, claims, paintPage, fallBack, healPage },
          ...{ policy, twins, recent, room, beingHidden, isStoreFailing },
          ...{ store, keys, clock, journal, fallBackOnUpstreamError, isReviewedBefore },
          firstPictureMs: generator.kind === 'openai' ? generator.timeoutMs : DRAWING_MS,
        });
      },
      [
        ...([T.locator, T.known, T.ledger, T.lookupClaims, T.paintPage] as const),
        ...([T.fallBack, T.healPage, T.purchasePolicy, T.twins] as const),
        ...([T.lookupStore, T.keys, T.recentPictures] as const),
        ...([T.clock, T.journal, T.room, T.health, T.beingHidden] as const),
      ],
    );
    bind(T.brewForOwner).toResolvedValue(
      (paintPage, store, ledger, known) => new BrewForOwner({ paintPage, store, ledger, known }),
      [T.paintPage, T.store, ownersLedger, T.known],
    );
    bind(T.findPageImage).toResolvedValue(
      (locator, store, keys, known, fallBack, beingHidden, room, twins) =>
        new FindPageImage({ locator, store, keys, known, fallBack, beingHidden, room, twins }),
      [
        ...([T.locator, T.lookupStore, T.keys, T.known, T.fallBack] as const),
        ...([T.beingHidden, T.room, T.twins] as const),
      ],
    );
  });
}
