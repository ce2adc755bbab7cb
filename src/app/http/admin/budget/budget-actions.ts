import { z } from 'zod';
import type { AuditTrail } from '../../../../domain/admin/audit-trail.ts';
import type { ControlSpending } from '../../../../domain/admin/control-spending.ts';
import type { BudgetReport, ReportBudget } from '../../../../domain/admin/report-budget.ts';
import { Refusal } from '../../refusal.ts';
import { type AdminRoute, actorOf, route } from '../admin-route.ts';
import { Budget, presentBudget } from './budget-routes.ts';

interface Deps {
  controlSpending: ControlSpending;
  reportBudget: ReportBudget;
  auditTrail: AuditTrail;
}

export function budgetActions({ controlSpending, reportBudget, auditTrail }: Deps): AdminRoute[] {
  const inForce = async () => ({ body: presentBudget(await reportBudget.report()) });
  const pausing = (path: string, paused: boolean, summary: string) =>
    route({
      method: 'POST',
      path,
      summary,
      answer: Budget,
      async handle({ caller }) {
        const action = paused ? 'pause_generation' : 'resume_generation';
        await auditTrail.during({ action, subject: 'generation', actor: actorOf(caller) }, () =>
          controlSpending.pause(paused),
        );
        return inForce();
      },
    });
  return [
    route({
      method: 'PUT',
      path: '/budget',
      summary:
        'Sets today’s number of pictures, up to the ceiling; `null` restores the configured one.',
      body: z.strictObject({ limit: z.int().min(0).nullable() }),
      answer: Budget,
      async handle({ body: { limit }, caller }) {
        const act = { action: 'change_budget' as const, subject: 'budget', details: { limit } };
        await auditTrail.during({ ...act, actor: actorOf(caller) }, async () => {
          if (await controlSpending.setTodaysBudget(limit ?? undefined)) return;
          throw new Refusal('invalid_request', explainCeiling(await reportBudget.report()));
        });
        return inForce();
      },
    }),
    pausing('/generation/pause', true, 'Buys no more pictures, on any replica, until resumed.'),
    pausing('/generation/resume', false, 'Buys pictures again.'),
  ];
}

function explainCeiling({ ceiling, configuredLimit, isCeilingSet }: BudgetReport): string {
  const from = isCeilingSet
    ? 'as ADMIN_BUDGET_CEILING says'
    : `ten times DAILY_GENERATION_BUDGET (${configuredLimit}); set ADMIN_BUDGET_CEILING for more`;
  return `limit: must be at most ${ceiling}, ${from}.`;
}
