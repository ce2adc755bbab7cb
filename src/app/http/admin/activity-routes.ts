import { z } from 'zod';
import type { AuditTrail } from '../../../domain/admin/audit-trail.ts';
import { type AdminRoute, route } from './admin-route.ts';
import { badCursor, Cursor, cursorOf, Limit, Moment, placeIn } from './schemas.ts';

export const Activity = z
  .strictObject({
    items: z.array(
      z.strictObject({
        id: z.string(),
        at: Moment,
        action: z.string(),
        subject: z.string(),
        actor: z.string(),
        outcome: z.enum(['begun', 'done', 'failed']),
        details: z.record(z.string(), z.unknown()),
      }),
    ),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'Activity' });

export function activityRoutes({ auditTrail }: { auditTrail: AuditTrail }): AdminRoute[] {
  return [
    route({
      method: 'GET',
      path: '/activity',
      summary: 'The audit trail, newest first.',
      query: z.strictObject({ limit: Limit, cursor: Cursor }),
      answer: Activity,
      async handle({ query: { limit, cursor } }) {
        const before = cursor === undefined ? undefined : placeIn(cursor, z.string());
        if (cursor !== undefined && !(before && auditTrail.isPlace(before))) throw badCursor();
        const { items, next } = await auditTrail.read({ limit, before });
        const presented = items.map(({ id, at, action, subject, actor, outcome, details }) => ({
          id,
          at,
          action,
          subject,
          actor,
          outcome,
          details: { ...details },
        }));
        return { body: { items: presented, nextCursor: next ? cursorOf(next) : null } };
      },
    }),
  ];
}
