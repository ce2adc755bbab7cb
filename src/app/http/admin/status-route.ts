import { z } from 'zod';
import type { Status as Report, ReportStatus } from '../../../domain/admin/report-status.ts';
import { UPSTREAMS } from '../../../domain/monitoring/upstream-health.ts';
import { type AdminRoute, route } from './admin-route.ts';
import { Moment, PageTypeName } from './schemas.ts';

export const Status = z
  .strictObject({
    uptimeSeconds: z.int(),
    running: z
      .array(
        z.strictObject({
          page: z.strictObject({ type: PageTypeName, path: z.string() }),
          country: z.string().nullable(),
          startedAt: Moment,
        }),
      )
      .describe('Pictures that are being made and stored'),
    waiting: z.int().describe('Pictures that are reserved and wait for their turn'),
    unstored: z.int().describe('Pictures that are paid for and that the store did not take yet'),
    upstreams: z.array(
      z.strictObject({
        name: z.enum(UPSTREAMS),
        kind: z.string(),
        state: z.enum(['ok', 'failing', 'open', 'unused']),
        since: Moment.nullable(),
        lastError: z.string().nullable(),
        lastErrorAt: Moment.nullable(),
      }),
    ),
    models: z
      .array(
        z.strictObject({
          name: z.string(),
          state: z.enum(['first', 'next', 'ended', 'refused']),
          endsOn: z
            .string()
            .nullable()
            .describe('The UTC day from which it cannot be had any more, where one is announced'),
        }),
      )
      .describe('The image models, in the order in which they are asked; `first` paints now'),
    storeLacks: z
      .array(z.string())
      .describe('What the store cannot do, such as `PUT with If-None-Match`'),
    shedding: z.boolean().describe('Requests are turned away because there are too many'),
  })
  .meta({ id: 'Status' });

export function statusRoutes({ reportStatus }: { reportStatus: ReportStatus }): AdminRoute[] {
  return [
    route({
      method: 'GET',
      path: '/status',
      summary: 'How the replica that answers does, and those that it depends on.',
      answer: Status,
      isBackground: true,
      handle: async () => ({ body: presentStatus(reportStatus.report()) }),
    }),
  ];
}

function presentStatus(report: Report): z.infer<typeof Status> {
  return {
    uptimeSeconds: Math.floor(report.uptimeMs / 1000),
    running: report.running.map(({ draft: { subject }, startedAt }) => ({
      page: { type: subject.page.type, path: subject.page.path },
      country: subject.country?.code ?? null,
      startedAt: moment(startedAt),
    })),
    waiting: report.waiting,
    unstored: report.unstored,
    upstreams: report.upstreams.map(({ name, kind, state, since, lastError, lastErrorAt }) => ({
      name,
      kind,
      state,
      since: since === undefined ? null : moment(since),
      lastError: lastError ?? null,
      lastErrorAt: lastErrorAt === undefined ? null : moment(lastErrorAt),
    })),
    models: report.models.map(({ name, state, endsOn }) => ({
      name,
      state,
      endsOn: endsOn ?? null,
    })),
    storeLacks: [...report.storeLacks],
    shedding: report.isShedding,
  };
}

function moment(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
