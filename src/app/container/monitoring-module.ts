import type { ContainerModule } from 'inversify';
import { TodaysBudget } from '../../domain/budget/todays-budget.ts';
import { WatchModels } from '../../domain/generation/watch-models.ts';
import { RaiseAlerts } from '../../domain/monitoring/raise-alerts.ts';
import type { Config } from '../config/config.ts';
import { RequestCounts } from '../http/request-counts.ts';
import { bindings } from './bindings.ts';
import { openAlerts, openMetrics } from './open-adapters.ts';
import { T } from './tokens.ts';

/** Metrics, and alerts if a destination is configured. */
export function monitoringModule(config: Config, version: string): ContainerModule {
  const { dailyBudget, dailyMicroUsd, budgetOpensOverHours, watching } = config;
  return bindings(({ value, resolve }) => {
    value(T.requestCounts, new RequestCounts());
    resolve(
      T.todaysBudget,
      { history: T.history, control: T.control, generator: T.generator, clock: T.clock },
      (deps) => {
        const limits = { dailyBudget, dailyMicroUsd, opensOverHours: budgetOpensOverHours };
        return new TodaysBudget({ ...deps, limits });
      },
    );
    if (watching.hasMetrics) {
      const needs = {
        requestCounts: T.requestCounts,
        pool: T.pool,
        known: T.known,
        unstored: T.unstored,
        generateImage: T.generateImage,
        health: T.health,
        database: T.database,
        todaysBudget: T.todaysBudget,
      };
      resolve(T.metrics, needs, (deps) =>
        openMetrics({
          answers: deps.requestCounts.answers,
          refusals: deps.requestCounts.refusals,
          poolPictures: () => deps.pool.size,
          responseCache: () => deps.known.size,
          unstoredPictures: () => deps.unstored.count,
          generationsRunning: () => deps.generateImage.underWay().running.length,
          generationsWaiting: () => deps.generateImage.underWay().waiting,
          failures: () => deps.health.failures(),
          upstreams: () => deps.health.report(),
          databasePool: () => deps.database?.pool(),
          budget: () => deps.todaysBudget.read(),
          about: {
            version,
            store: config.store.kind,
            generator: config.generator.kind,
            locator: config.locator.kind,
          },
        }),
      );
    } else value(T.metrics, undefined);
    resolve(
      T.watchModels,
      { generator: T.generator, memory: T.modelMemory, clock: T.clock },
      (deps) => new WatchModels(deps),
    );
    const { alertWebhookUrl } = watching;
    if (alertWebhookUrl === undefined) {
      value(T.raiseAlerts, undefined);
      return;
    }
    resolve(
      T.raiseAlerts,
      { budget: T.todaysBudget, generator: T.generator, clock: T.clock, journal: T.journal },
      async ({ generator, ...deps }) => {
        const models = () => generator.models?.() ?? [];
        const alerts = await openAlerts(alertWebhookUrl, deps.clock);
        return new RaiseAlerts({ ...deps, alerts, models });
      },
    );
  });
}
