import { randomBytes } from 'node:crypto';
import { ContainerModule } from 'inversify';
import { ActOnPictures } from '../domain/admin/act-on-pictures.ts';
import { AdminSessions } from '../domain/admin/admin-sessions.ts';
import { AuditTrail } from '../domain/admin/audit-trail.ts';
import { BrowsePages } from '../domain/admin/browse-pages.ts';
import { BrowsePictures } from '../domain/admin/browse-pictures.ts';
import { FailedAttempts } from '../domain/admin/failed-attempts.ts';
import { PictureFiles } from '../domain/admin/picture-files.ts';
import { ReportBudget } from '../domain/admin/report-budget.ts';
import { ReportStatus } from '../domain/admin/report-status.ts';
import { ShownPages } from '../domain/admin/shown-pages.ts';
import { SteerGeneration } from '../domain/admin/steer-generation.ts';
import { TakeDownPicture } from '../domain/admin/take-down-picture.ts';
import { WarmPages } from '../domain/admin/warm-pages.ts';
import { WatchChanges } from '../domain/admin/watch-changes.ts';
import type { Config } from './config.ts';
import { T } from './tokens.ts';

/** The admin; none in production where no token is configured. */
export function adminModule(config: Config): ContainerModule {
  const { recordsPrefix, dailyBudget, dailyMicroUsd, monthlyMicroUsd } = config;
  const { budgetOpensOverHours: opensOverHours } = config;
  const { budgetCeiling: ceiling, isCeilingSet } = config.admin;
  const { sessionIdleMs: idleMs, sessionMs: absoluteMs } = config.admin;
  return new ContainerModule(({ bind }) => {
    const madeToken = config.production ? undefined : randomBytes(24).toString('base64url');
    const token = config.admin.token ?? madeToken;
    if (!token) {
      bind(T.admin).toConstantValue(undefined);
      return;
    }
    bind(T.admin).toResolvedValue(
      (
        store,
        keys,
        names,
        locator,
        claims,
        placements,
        pool,
        changePage,
        renditionUrls,
        brewForOwner,
        generator,
        pageList,
        clock,
        journal,
        history,
        control,
        ...[makePicture, held, health, room, known, beingHidden]
      ) => {
        const common = { store, keys, claims, placements, pool, recordsPrefix, clock, journal };
        const { dearestMicroUsd } = generator;
        const limits = { dailyBudget, ceiling, isCeilingSet, dailyMicroUsd, monthlyMicroUsd };
        const budget = { ...limits, opensOverHours, dearestMicroUsd };
        const pages = new ShownPages(common);
        const pictureFiles = new PictureFiles(common);
        const forget = (pageKey: string) => known.withdraw(pageKey);
        const takeDownPicture = new TakeDownPicture({
          ...{ ...common, history, changePage, beingHidden, forget, dearestMicroUsd },
          files: pictureFiles,
        });
        const reportBudget = new ReportBudget({ history, control, settings: budget, clock });
        const auditTrail = new AuditTrail(common);
        const watchChanges = new WatchChanges(common);
        const warming = { ...common, auditTrail, reportBudget, dearestMicroUsd };
        return {
          ...{ locator, locating: config },
          ...{ store, keys, names, journal, changePage, renditionUrls },
          ...{ reportBudget, auditTrail, watchChanges, pageList, pictureFiles },
          warmPages: new WarmPages({
            ...warming,
            obtain: (request) => brewForOwner.obtain(request),
            tell: () => watchChanges.tellOf('warming'),
          }),
          actOnPictures: new ActOnPictures({
            ...{ ...common, takeDownPicture, auditTrail },
            tell: () => watchChanges.tellOf('acts'),
          }),
          blogOrigin: blogOriginOf(config),
          settings: config.settings,
          allowedOrigins: config.allowedOrigins,
          brewForOwner,
          sessions: new AdminSessions({ ...common, token, idleMs, absoluteMs }),
          attempts: new FailedAttempts({ clock, mostOfAll: config.admin.mostWrongTokens }),
          madeToken: config.admin.token ? undefined : madeToken,
          reportStatus: new ReportStatus({ makePicture, held, health, generator, room, clock }),
          browsePictures: new BrowsePictures({ history, pages, clock }),
          browsePages: new BrowsePages({ ...common, pages }),
          steerGeneration: new SteerGeneration({ control, ceiling, clock }),
        };
      },
      [
        T.store,
        T.keys,
        T.names,
        T.locator,
        T.claims,
        T.placements,
        T.pool,
        T.changePage,
        T.renditionUrls,
        T.brewForOwner,
        T.generator,
        T.pageList,
        T.clock,
        T.journal,
        T.history,
        T.control,
        ...([T.makePicture, T.held, T.health, T.room] as const),
        ...([T.known, T.beingHidden] as const),
      ],
    );
  });
}

/** In development the demo blog, which is this service's own. Of several origins nobody knows which. */
function blogOriginOf({ production, allowedOrigins }: Config): string | undefined {
  if (!production) return '';
  return allowedOrigins.length === 1 ? allowedOrigins[0] : undefined;
}
