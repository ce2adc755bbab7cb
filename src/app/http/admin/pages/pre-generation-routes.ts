import { z } from 'zod';
import type { AuditTrail } from '../../../../domain/admin/audit-trail.ts';
import type {
  PreGeneratePages,
  PreGenerationOrder,
} from '../../../../domain/admin/pre-generate-pages.ts';
import type {
  PreGenerationEnd,
  PreGenerationProgress,
} from '../../../../domain/admin/pre-generation-job.ts';
import { countryByCode } from '../../../../domain/countries/country.ts';
import { CafeError } from '../../../../domain/kernel/errors.ts';
import type { Journal } from '../../../../domain/monitoring/journal.ts';
import type { Page, PageNames } from '../../../../domain/pages/page.ts';
import type { PageList } from '../../../../domain/pages/page-list.ts';
import { Refusal } from '../../refusal.ts';
import { type AdminRoute, actorOf, route } from '../admin-route.ts';
import { CountryInBody, Moment, PageTypeName } from '../schemas.ts';

/** Bytes: enough for 5,000 pages of about fifty each. */
const BODY_LIMIT = 262_144;
const MAX_PAGES = 5_000;

const Order = z
  .strictObject({
    source: z.enum(['sitemap', 'pages']),
    pages: z
      .array(z.strictObject({ type: PageTypeName, path: z.string().min(1).max(3000) }))
      .min(1)
      .max(MAX_PAGES)
      .optional()
      .describe('With the source `pages`'),
    countries: z
      .array(CountryInBody)
      .min(1)
      .max(300)
      .default([null])
      .describe('`null` for readers whose country is unknown'),
    most: z.int().min(1).max(1_000_000).describe('Maximum number of pictures to generate'),
    dryRun: z.boolean().default(false).describe('Only reports the maximum cost'),
  })
  .refine(({ source, pages }) => (source === 'pages') === (pages !== undefined), {
    path: ['pages'],
    error: 'go with the source "pages", and with no other',
  });

const MicroUsd = z.int().describe('Millionths of a US dollar');

const Job = z
  .strictObject({
    id: z.string(),
    state: z.enum(['running', 'done', 'stopped', 'failed']),
    startedAt: Moment,
    endedAt: Moment.nullable(),
    total: z.int().describe('Pages times countries'),
    done: z.int(),
    bought: z.int(),
    there: z.int().describe('Had a picture already'),
    fellBack: z.int().describe('Got none, because the budget is used up'),
    failed: z.int(),
    most: z.int(),
    spentMicroUsd: MicroUsd,
    reason: z.string().nullable().describe('Why it ends before its last page'),
  })
  .meta({ id: 'PreGenerationJob' });

/** A job's progress in the API. */
export type PreGenerationJob = z.infer<typeof Job>;

export const PreGeneration = z
  .strictObject({
    sitemap: z.boolean().describe('Whether a list of the site’s pages is configured'),
    job: Job.nullable().describe('The current job of this process, or its last one'),
  })
  .meta({ id: 'PreGeneration' });

const Estimate = z
  .strictObject({
    total: z.int(),
    most: z.int(),
    costMicroUsdAtMost: MicroUsd,
    remainingToday: z.int().describe('Pictures'),
  })
  .meta({ id: 'PreGenerationEstimate' });

export type PreGenerationEstimate = z.infer<typeof Estimate>;

const REASONS: Readonly<Record<PreGenerationEnd, string>> = {
  most_bought: 'As many pictures were bought as you allowed.',
  no_budget: 'Today’s budget is used up, or generation is paused.',
  asked: 'You stopped it.',
  draining: 'The service was stopped.',
  upstream_failed: 'Generation failed several times in a row.',
  storage_unavailable: 'The store was unavailable.',
  database_unavailable: 'The database was unavailable.',
  internal: 'Something went wrong; see the log.',
};

interface Deps {
  preGeneratePages: PreGeneratePages;
  names: PageNames;
  pageList: PageList | undefined;
  auditTrail: AuditTrail;
  journal: Journal;
}

export function preGenerationRoutes(deps: Deps): AdminRoute[] {
  const { preGeneratePages, pageList, auditTrail } = deps;
  const current = () => {
    const job = preGeneratePages.progress();
    return { sitemap: pageList !== undefined, job: job ? presentJob(job) : null };
  };
  return [
    route({
      method: 'GET',
      path: '/warming',
      summary: 'The pre-generation job.',
      answer: PreGeneration,
      isBackground: true,
      handle: async () => ({ body: current() }),
    }),
    route({
      method: 'POST',
      path: '/warming',
      summary: 'Starts a pre-generation job; with `dryRun` only reports the maximum cost.',
      body: Order,
      bodyLimit: BODY_LIMIT,
      answer: z.union([Estimate, Job]),
      async handle({ body, caller }) {
        const order = await orderFrom(body, deps);
        if (body.dryRun) return { body: await preGeneratePages.estimate(order) };
        const job = await preGeneratePages.begin(order, actorOf(caller));
        if (!job) throw new Refusal('conflict', 'Pages are already being pre-generated.');
        return { status: 202, body: presentJob(job) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/warming',
      summary: 'Stops the job. Pictures in progress are finished.',
      answer: PreGeneration,
      async handle({ caller }) {
        const subject = preGeneratePages.progress()?.id ?? 'nothing';
        const act = { action: 'stop_warming' as const, subject, actor: actorOf(caller) };
        await auditTrail.during(act, async () => {
          if (!preGeneratePages.stop())
            throw new Refusal('conflict', 'No pages are being pre-generated.');
        });
        return { body: current() };
      },
    }),
  ];
}

async function orderFrom(body: z.infer<typeof Order>, deps: Deps): Promise<PreGenerationOrder> {
  const { source, most } = body;
  const countries = [...new Set(body.countries)].map((code) => countryByCode(code));
  const { names } = deps;
  const pages = body.pages ? pagesNamed(body.pages, names) : names.allAt(await listed(deps));
  return { source, pages, countries, most };
}

/** Each page once, even if its path is written in several ways. */
function pagesNamed(named: NonNullable<z.infer<typeof Order>['pages']>, names: PageNames): Page[] {
  const pages = named.map(({ path, type }) => names.at(path, type));
  return [...new Map(pages.map((page) => [`${page.type} ${page.path}`, page])).values()];
}

async function listed({ pageList, journal }: Deps): Promise<readonly string[]> {
  if (!pageList) throw new Refusal('conflict', 'No SITE_SITEMAP_URL is configured.');
  try {
    const { paths } = await pageList.read();
    return paths;
  } catch (cause) {
    journal.record({ event: 'page_list_failed', known: 0, cause });
    throw new CafeError('upstream_failed', 'The sitemap could not be read; see the log.');
  }
}

function presentJob(job: PreGenerationProgress): z.infer<typeof Job> {
  const { startedAt, endedAt, reason, ...counts } = job;
  return {
    ...counts,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: endedAt === undefined ? null : new Date(endedAt).toISOString(),
    reason: reason ? REASONS[reason] : null,
  };
}
