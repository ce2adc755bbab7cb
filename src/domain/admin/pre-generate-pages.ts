import { randomUUID } from 'node:crypto';
import type { PageGeneration } from '../cafe/page-generation.ts';
import type { Country } from '../countries/country.ts';
import type { Clock } from '../kernel/clock.ts';
import { backendFailure, CafeError, draining, GenerationError } from '../kernel/errors.ts';
import type { Journal } from '../monitoring/journal.ts';
import type { Page, PageRequest } from '../pages/page.ts';
import type { ImageKeys } from '../storage/image-keys.ts';
import type { AuditTrail } from './audit-trail.ts';
import { PreGenerationJob, type PreGenerationProgress } from './pre-generation-job.ts';
import type { ReportBudget } from './report-budget.ts';

/** Which pages get images, for which countries, and the maximum number of images. */
export interface PreGenerationOrder {
  source: 'sitemap' | 'pages';
  pages: readonly Page[];
  /** `undefined` for readers whose country is unknown. */
  countries: readonly (Country | undefined)[];
  /** Maximum number of images to generate. */
  most: number;
}

export interface PreGenerationEstimate {
  /** Pages times countries. */
  total: number;
  most: number;
  /** The highest cost, in millionths of a US dollar. It assumes that no page has an image yet. */
  costMicroUsdAtMost: number;
  /** Images that today's budget still allows. */
  remainingToday: number;
}

/** Pages processed concurrently. */
const AT_ONCE = 2;
/** After this many failures in a row, the job stops: the cause needs time, not more tries. */
const MAX_FAILURES = 3;

interface Deps {
  obtain: (request: PageRequest) => Promise<PageGeneration | undefined>;
  keys: ImageKeys;
  auditTrail: AuditTrail;
  reportBudget: ReportBudget;
  dearestMicroUsd: number;
  clock: Clock;
  journal: Journal;
  tell: () => void;
}

/**
 * Generates images for pages before readers request them, within the budget. Runs one job at a time
 * per process, and the job continues after its request has ended. A page that has an image costs
 * one lookup. A page whose image cannot be generated gets no fallback.
 */
export class PreGeneratePages {
  readonly #deps: Deps;
  #job: PreGenerationJob | undefined;
  #running: Promise<void> | undefined;
  #closed = false;

  /** @param deps.tell called after every step */
  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The progress of the current job, or of the last one in this process. */
  progress(): PreGenerationProgress | undefined {
    return this.#job?.progress();
  }

  /** @throws CafeError `storage_unavailable` */
  async estimate(order: PreGenerationOrder): Promise<PreGenerationEstimate> {
    const { remaining, stoppedBy } = await this.#deps.reportBudget.report();
    const total = totalOf(order);
    const remainingToday = stoppedBy ? 0 : remaining;
    const pictures = Math.min(total, order.most, remainingToday);
    const costMicroUsdAtMost = pictures * this.#deps.dearestMicroUsd;
    return { total, most: order.most, costMicroUsdAtMost, remainingToday };
  }

  /**
   * Starts a job after recording its start; `undefined` if one is running.
   *
   * @throws CafeError `storage_unavailable`, or `draining` once closed
   */
  async begin(
    order: PreGenerationOrder,
    actor: string,
  ): Promise<PreGenerationProgress | undefined> {
    if (this.#closed) throw draining();
    if (this.#running) return undefined;
    const { source, countries, most } = order;
    const total = totalOf(order);
    const id = randomUUID();
    const job = new PreGenerationJob({ id, total, most, startedAt: this.#deps.clock.now() });
    const details = { source, total, most, countries: countries.map((each) => each?.code ?? null) };
    const act = { action: 'warm_pages' as const, subject: id, actor, details };
    const begun = Promise.withResolvers<void>();
    const work = async () => {
      this.#job = job;
      if (this.#closed) job.stop('draining');
      begun.resolve();
      await this.#run(order, job);
    };
    this.#running = this.#deps.auditTrail
      .during(act, work)
      // Rejects only if the start could not be recorded; later failures are part of the progress.
      .catch((error) => begun.reject(error))
      .finally(() => {
        this.#running = undefined;
        job.end(this.#deps.clock.now());
        this.#deps.tell();
      });
    await begun.promise;
    return job.progress();
  }

  /** Starts no further page and finishes images in progress. `false` if no job is running. */
  stop(): boolean {
    if (this.#job?.progress().state !== 'running') return false;
    this.#job.stop('asked');
    this.#deps.tell();
    return true;
  }

  /** Stops the job and accepts no further jobs; resolves when the current job has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#job?.progress().state === 'running') this.#job.stop('draining');
    await this.#running;
  }

  async #run(order: PreGenerationOrder, job: PreGenerationJob): Promise<void> {
    const workers = Array.from({ length: AT_ONCE }, () => this.#work(order, job));
    await Promise.all(workers);
    const { reason } = job.progress();
    if (reason === 'internal') throw new Error('Pre-generation failed; see the log.');
    if (
      reason === 'upstream_failed' ||
      reason === 'storage_unavailable' ||
      reason === 'database_unavailable'
    ) {
      throw new CafeError(reason, 'Too many pages failed.');
    }
  }

  /** Processes pages until none are left or the job must stop. */
  async #work({ pages, countries }: PreGenerationOrder, job: PreGenerationJob): Promise<void> {
    for (let place = await job.enter(); place !== undefined; place = await job.enter()) {
      const page = pages[place % pages.length] as Page;
      const country = countries[Math.floor(place / pages.length)];
      const key = this.#deps.keys.page(page, country);
      await this.#warm({ page, country, countryIsReliable: true, key }, job);
      job.leave();
      this.#deps.tell();
    }
  }

  /** Never throws. */
  async #warm(request: PageRequest, job: PreGenerationJob): Promise<void> {
    try {
      const image = await this.#deps.obtain(request);
      if (!image) job.fellBack();
      else if (wasBought(image)) job.bought(image.costMicroUsd ?? 0);
      else job.wasThere();
    } catch (cause) {
      if (cause instanceof CafeError) this.#failed(cause, job);
      else {
        job.stop('internal');
        const details = { id: job.progress().id, cause };
        this.#deps.journal.record({
          event: 'notice',
          message: 'pre-generation failed',
          details,
        });
      }
    }
  }

  #failed(error: CafeError, job: PreGenerationJob): void {
    if (error.code === 'draining') {
      job.stop('draining');
      return;
    }
    job.failed(...this.#costOf(error));
    const backend = backendFailure(error);
    if (backend) job.stop(backend);
    if (job.failuresInARow >= MAX_FAILURES) job.stop('upstream_failed');
  }

  /** A failure of unknown cost may have been billed. */
  #costOf(error: CafeError): [isBilled: boolean, costMicroUsd: number] {
    const isBilled = error instanceof GenerationError && error.billing === 'unknown';
    return [isBilled, isBilled ? this.#deps.dearestMicroUsd : 0];
  }
}

function totalOf({ pages, countries }: PreGenerationOrder): number {
  return pages.length * countries.length;
}

/**
 * Whether this call generated the image. If not, it was on the page, or it already waited for
 * approval.
 */
function wasBought(image: PageGeneration): boolean {
  return 'awaitsReview' in image ? image.costMicroUsd !== undefined : image.source === 'generated';
}
