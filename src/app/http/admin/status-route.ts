import { z } from 'zod';
import type { Status as Report, ReportStatus } from '../../../domain/admin/report-status.ts';
import { UPSTREAMS } from '../../../domain/monitoring/upstream-health.ts';
import type { LazyAccounts } from './accounts/lazy-accounts.ts';
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
      .describe('Pictures that are being generated and stored'),
    waiting: z.int().describe('Pictures that are reserved and wait for their turn'),
    unstored: z.int().describe('Paid pictures that the store has not accepted yet'),
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
            .describe('The UTC day on which the provider shuts it down; null if none is announced'),
        }),
      )
      .describe('The image models in order of use; `first` is the one in use'),
    storeLacks: z
      .array(z.string())
      .describe('What the store does not support, such as `PUT with If-None-Match`'),
    shedding: z.boolean().describe('Whether requests are rejected because there are too many'),
    hasAccounts: z.boolean().describe('Whether there is an API with accounts and keys'),
  })
  .meta({ id: 'Status' });

interface Deps {
  reportStatus: ReportStatus;
  studio: LazyAccounts | undefined;
}

export function statusRoutes({ reportStatus, studio }: Deps): AdminRoute[] {
  return [
    route({
      method: 'GET',
      path: '/status',
      summary: 'The state of the replica that responds, and of its upstreams.',
      answer: Status,
      isBackground: true,
      handle: async () => ({
        body: { ...presentStatus(reportStatus.report()), hasAccounts: studio !== undefined },
      }),
    }),
  ];
}

function presentStatus(report: Report): Omit<z.infer<typeof Status>, 'hasAccounts'> {
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
