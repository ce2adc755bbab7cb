import { ContainerModule } from 'inversify';
import { TodaysBudget } from '../../domain/budget/todays-budget.ts';
import { WatchModels } from '../../domain/generation/watch-models.ts';
import { RaiseAlerts } from '../../domain/monitoring/raise-alerts.ts';
import type { Config } from '../config/config.ts';
import { RequestCounts } from '../http/request-counts.ts';
import { openAlerts, openMetrics } from './open-adapters.ts';
import { T } from './tokens.ts';

/** What tells the owner how it goes: metrics, and alerts where there is somewhere to send them. */
export function monitoringModule(config: Config, version: string): ContainerModule {
  const { dailyBudget, dailyMicroUsd, budgetOpensOverHours: opensOverHours, watching } = config;
  return new ContainerModule(({ bind }) => {
    bind(T.requestCounts).toConstantValue(new RequestCounts());
    bind(T.todaysBudget).toResolvedValue(
      (history, control, generator, clock) => {
        const limits = { dailyBudget, dailyMicroUsd, opensOverHours };
        return new TodaysBudget({ history, control, limits, generator, clock });
      },
      [T.history, T.control, T.generator, T.clock],
    );
    if (watching.hasMetrics) {
      bind(T.metrics).toResolvedValue(
        ({ answers, refusals }, pool, known, held, generateImage, health, todaysBudget) =>
          openMetrics({
            ...{ answers, refusals },
            poolPictures: () => pool.size,
            responseCache: () => known.size,
            unstoredPictures: () => held.count,
            generationsRunning: () => generateImage.underWay().running.length,
            generationsWaiting: () => generateImage.underWay().waiting,
            failures: () => health.failures(),
            upstreams: () => health.report(),
            budget: () => todaysBudget.read(),
            about: {
              version,
              store: config.store.kind,
              generator: config.generator.kind,
              locator: config.locator.kind,
            },
          }),
        [T.requestCounts, T.pool, T.known, T.held, T.generateImage, T.health, T.todaysBudget],
      );
    } else bind(T.metrics).toConstantValue(undefined);
    bind(T.watchModels).toResolvedValue(
      (generator, memory, clock) => new WatchModels({ generator, memory, clock }),
      [T.generator, T.modelMemory, T.clock],
    );
    const { alertWebhookUrl: url } = watching;
    if (url !== undefined) {
      bind(T.raiseAlerts).toResolvedValue(
        async (budget, generator, clock, journal) => {
          const models = () => generator.models?.() ?? [];
          const alerts = await openAlerts(url, clock);
          return new RaiseAlerts({ alerts, budget, models, clock, journal });
        },
        [T.todaysBudget, T.generator, T.clock, T.journal],
      );
    } else bind(T.raiseAlerts).toConstantValue(undefined);
  });
}
