import type { PreGenerationJob } from '../../src/app/http/admin/pages/pre-generation-routes.ts';

/** A call as it came in. */
export interface WarmingCall {
  method: string;
  token: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: whatever came over the wire, to be asserted on
  body: any;
}

const TOKEN = 'canary-token-of-the-admin';

/** The warming part of the admin's API: each look at a running job finds it two pages further. */
export class WarmingStandIn {
  readonly token = TOKEN;
  readonly journal: WarmingCall[] = [];
  /** Of what is not warmed yet; what was is there. */
  job: PreGenerationJob | null = null;
  /** Of the sitemap. */
  pages = 3;
  /** Runs at each look, before the answer. */
  onLook: () => void = () => {};
  readonly #warmed = new Set<string>();

  readonly handle = async (request: Request): Promise<Response> => {
    const text = await request.text();
    const body = text ? JSON.parse(text) : undefined;
    const token = request.headers.get('authorization');
    this.journal.push({ method: request.method, token, body });
    if (new URL(request.url).pathname !== '/api/admin/warming') return refusal(404, 'not_found');
    if (token !== `Bearer ${TOKEN}`) return refusal(401, 'unauthorized');
    switch (request.method) {
      case 'GET':
        this.onLook();
        this.#goOn();
        return Response.json({ sitemap: true, job: this.job });
      case 'POST':
        return this.#start(body);
      case 'DELETE':
        if (this.job?.state !== 'running') return refusal(409, 'conflict');
        this.job = { ...this.job, state: 'stopped', endedAt: NOW, reason: 'You stopped it.' };
        return Response.json({ sitemap: true, job: this.job });
      default:
        return refusal(405, 'method_not_allowed');
    }
  };

  // biome-ignore lint/suspicious/noExplicitAny: as above
  #start(body: any): Response {
    const pages = body.source === 'sitemap' ? this.pages : body.pages.length;
    const total = pages * body.countries.length;
    const { most } = body;
    if (body.dryRun) {
      return Response.json({ total, most, costMicroUsdAtMost: most * 40_000, remainingToday: 9 });
    }
    if (this.job?.state === 'running') return refusal(409, 'conflict');
    this.job = {
      id: 'job',
      state: 'running',
      startedAt: NOW,
      endedAt: null,
      total,
      most,
      done: 0,
      bought: 0,
      there: 0,
      fellBack: 0,
      failed: 0,
      spentMicroUsd: 0,
      reason: null,
    };
    return Response.json(this.job, { status: 202 });
  }

  #goOn(): void {
    for (let step = 0; step < 2 && this.job?.state === 'running'; step += 1) {
      const { done, total } = this.job;
      if (done === total) this.job = { ...this.job, state: 'done', endedAt: NOW };
      else this.job = { ...this.job, done: done + 1, ...this.#look(`${done}`, this.job) };
    }
  }

  #look(page: string, job: PreGenerationJob): Partial<PreGenerationJob> {
    if (this.#warmed.has(page)) return { there: job.there + 1 };
    if (job.bought === job.most) return { fellBack: job.fellBack + 1 };
    this.#warmed.add(page);
    return { bought: job.bought + 1, spentMicroUsd: job.spentMicroUsd + 34_000 };
  }
}

const NOW = '2026-11-21T12:00:00.000Z';

function refusal(status: number, code: string): Response {
  const error = { code, message: `${code} of the stand-in.`, requestId: 'x' };
  return Response.json({ error }, { status });
}
