import { randomUUID } from 'node:crypto';
import type { PageGeneration } from '../cafe/page-generation.ts';
import type { Country } from '../countries/country.ts';
import type { Clock } from '../kernel/clock.ts';
import { CafeError, draining, GenerationError } from '../kernel/errors.ts';
import type { Journal } from '../monitoring/journal.ts';
import type { Page } from '../pages/page.ts';
import type { PageRequest } from '../pages/page-request.ts';
import type { ImageKeys } from '../storage/image-keys.ts';
import type { AuditTrail } from './audit-trail.ts';
import { PreGenerationJob, type PreGenerationProgress } from './pre-generation-job.ts';
import type { ReportBudget } from './report-budget.ts';

/** Which pages are to have a picture, for which countries, and for how many pictures at most. */
export interface PreGenerationOrder {
  source: 'sitemap' | 'pages';
  pages: readonly Page[];
  /** `undefined` for readers whose country is unknown. */
  countries: readonly (Country | undefined)[];
  /** Pictures that may be bought. */
  most: number;
}

export interface PreGenerationEstimate {
  /** Pages, each for each country. */
  total: number;
  most: number;
  /** Millionths of a US dollar, if none of them has a picture. */
  costMicroUsdAtMost: number;
  /** Pictures. */
  remainingToday: number;
}

/** Pages that are worked on at once. */
const AT_ONCE = 2;
/** After so many failures in a row there is something wrong that time may mend, and tries do not. */
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
 * Sees to it that pages have a picture before a reader comes, within the budget: one job at a time in a
 * process, which goes on when whoever began it has left. A page that has a picture, whichever, costs a
 * look; one that gets none keeps none.
 */
export class PreGeneratePages {
  readonly #deps: Deps;
  #job: PreGenerationJob | undefined;
  #running: Promise<void> | undefined;
  #closed = false;

  /** @param deps.tell hears of every step */
  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** How the job stands that is under way, or was last in this process. */
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
   * Begins a job, once it is written down that it begins; `undefined` where one is under way.
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
      // One that could not be written down has not begun; how another one failed, it says itself.
      .catch((error) => begun.reject(error))
      .finally(() => {
        this.#running = undefined;
        job.end(this.#deps.clock.now());
        this.#deps.tell();
      });
    await begun.promise;
    return job.progress();
  }

  /** Begins no further page; what is being painted is finished. `false` where nothing is under way. */
  stop(): boolean {
    if (this.#job?.progress().state !== 'running') return false;
    this.#job.stop('asked');
    this.#deps.tell();
    return true;
  }

  /** Stops, and begins no more jobs; resolves when the one under way has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#job?.progress().state === 'running') this.#job.stop('draining');
    await this.#running;
  }

  async #run(order: PreGenerationOrder, job: PreGenerationJob): Promise<void> {
    const workers = Array.from({ length: AT_ONCE }, () => this.#work(order, job));
    await Promise.all(workers);
    const { reason } = job.progress();
    if (reason === 'internal') throw new Error('PreGeneration has failed; the journal says why.');
    if (reason === 'upstream_failed' || reason === 'storage_unavailable') {
      throw new CafeError(reason, 'Too many pages have failed.');
    }
  }

  /** Takes pages until there are none, or there is a reason to stop. */
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
          message: 'warming pages has failed',
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
    if (error.code === 'storage_unavailable') job.stop('storage_unavailable');
    if (job.failuresInARow >= MAX_FAILURES) job.stop('upstream_failed');
  }

  /** What nobody knows the price of may have been billed. */
  #costOf(error: CafeError): [isBilled: boolean, costMicroUsd: number] {
    const isBilled = error instanceof GenerationError && error.billing === 'unknown';
    return [isBilled, isBilled ? this.#deps.dearestMicroUsd : 0];
  }
}

function totalOf({ pages, countries }: PreGenerationOrder): number {
  return pages.length * countries.length;
}

/** And not there before, on its page or waiting for approval. */
function wasBought(image: PageGeneration): boolean {
  return 'awaitsReview' in image ? image.costMicroUsd !== undefined : image.source === 'generated';
}
