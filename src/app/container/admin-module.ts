import { randomBytes } from 'node:crypto';
import { ContainerModule } from 'inversify';
import { AuditTrail } from '../../domain/admin/audit-trail.ts';
import { BrowseImages } from '../../domain/admin/browse-images.ts';
import { BrowsePages } from '../../domain/admin/browse-pages.ts';
import { ControlSpending } from '../../domain/admin/control-spending.ts';
import { FailedAttempts } from '../../domain/admin/failed-attempts.ts';
import { PreGeneratePages } from '../../domain/admin/pre-generate-pages.ts';
import { ReportBudget } from '../../domain/admin/report-budget.ts';
import { ReportStatus } from '../../domain/admin/report-status.ts';
import { RunModeration } from '../../domain/admin/run-moderation.ts';
import { Sessions } from '../../domain/admin/sessions.ts';
import { ShownPages } from '../../domain/admin/shown-pages.ts';
import { WatchChanges } from '../../domain/admin/watch-changes.ts';
import { ModerateImage } from '../../domain/cafe/moderation/moderate-image.ts';
import { ImageFiles } from '../../domain/images/image-files.ts';
import type { Config } from '../config/config.ts';
import { settingsInForce } from '../config/settings.ts';
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
        placementIndex,
        pool,
        changePageImage,
        renditionUrls,
        regeneratePage,
        generator,
        pageList,
        clock,
        journal,
        history,
        control,
        ...[generateImage, held, health, room, known, beingHidden]
      ) => {
        const common = { store, keys, claims, placementIndex, pool, recordsPrefix, clock, journal };
        const { dearestMicroUsd } = generator;
        const limits = { dailyBudget, ceiling, isCeilingSet, dailyMicroUsd, monthlyMicroUsd };
        const budget = { ...limits, opensOverHours, dearestMicroUsd };
        const pages = new ShownPages(common);
        const imageFiles = new ImageFiles(common);
        const forget = (pageKey: string) => known.invalidate(pageKey);
        const moderateImage = new ModerateImage({
          ...{ ...common, history, changePageImage, beingHidden, forget, dearestMicroUsd },
          files: imageFiles,
        });
        const reportBudget = new ReportBudget({ history, control, settings: budget, clock });
        const auditTrail = new AuditTrail(common);
        const watchChanges = new WatchChanges(common);
        const warming = { ...common, auditTrail, reportBudget, dearestMicroUsd };
        return {
          ...{ locator, locating: config },
          ...{ store, keys, names, journal, changePageImage, renditionUrls },
          ...{ reportBudget, auditTrail, watchChanges, pageList, imageFiles },
          preGeneratePages: new PreGeneratePages({
            ...warming,
            obtain: (request) => regeneratePage.obtain(request),
            tell: () => watchChanges.tellOf('warming'),
          }),
          runModeration: new RunModeration({
            ...{ ...common, moderateImage, auditTrail },
            tell: () => watchChanges.tellOf('acts'),
          }),
          blogOrigin: blogOriginOf(config),
          settings: settingsInForce(config),
          allowedOrigins: config.allowedOrigins,
          regeneratePage,
          sessions: new Sessions({ ...common, token, idleMs, absoluteMs }),
          attempts: new FailedAttempts({ clock, maxInAll: config.admin.maxWrongTokens }),
          madeToken: config.admin.token ? undefined : madeToken,
          reportStatus: new ReportStatus({ generateImage, held, health, generator, room, clock }),
          browseImages: new BrowseImages({ history, pages, clock }),
          browsePages: new BrowsePages({ ...common, pages }),
          controlSpending: new ControlSpending({ control, ceiling, clock }),
        };
      },
      [
        T.store,
        T.keys,
        T.names,
        T.locator,
        T.claims,
        T.placementIndex,
        T.pool,
        T.changePageImage,
        T.renditionUrls,
        T.regeneratePage,
        T.generator,
        T.pageList,
        T.clock,
        T.journal,
        T.history,
        T.control,
        ...([T.generateImage, T.held, T.health, T.room] as const),
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
