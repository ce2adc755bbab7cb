import { html, type PropertyDeclarations, type TemplateResult } from 'lit';
import { ApiError } from '../api/api.ts';
import type {
  Budget,
  PreGeneration,
  PreGenerationEstimate,
  PreGenerationJob,
} from '../api/api-types.ts';
import { reasonOf } from '../components/states.ts';
import { type AdminContext, AdminElement } from '../shell/admin-view.ts';
import { orToast } from '../shell/or-toast.ts';
import { type PreGenerateDraft, preGenerateForm } from './pre-generate-form.ts';
import { preGenerateProgress } from './pre-generate-progress.ts';
import { type PreGenerateRequest, pagesIn } from './pre-generate-request.ts';
import './pre-generate-panel.css';

/** Polling interval while a job runs. */
const LOOK_MS = 1500;
const DEFAULT_MAX = 10;

/** Pre-generates pictures. Hidden if the service does not support it. */
export class PreGeneratePanel extends AdminElement {
  static override properties: PropertyDeclarations = {
    context: { attribute: false },
    budget: { attribute: false },
    warming: { state: true },
    draft: { state: true },
    estimate: { state: true },
    problem: { state: true },
    isBusy: { state: true },
    isStopping: { state: true },
    isClosed: { state: true },
    isOpen: { state: true },
  };

  declare context: AdminContext;
  declare budget: Budget | undefined;
  declare private warming: PreGeneration | undefined;
  declare private draft: PreGenerateDraft;
  declare private estimate: PreGenerationEstimate | undefined;
  declare private problem: string | undefined;
  declare private isBusy: boolean;
  declare private isStopping: boolean;
  /** Whether the result of the last job was dismissed. */
  declare private isClosed: boolean;
  declare private isOpen: boolean;

  #timer: ReturnType<typeof setInterval> | undefined;
  #unwatch = () => {};

  constructor() {
    super();
    this.draft = { source: 'pages', paths: '', countries: [], most: DEFAULT_MAX };
    this.isBusy = false;
    this.isStopping = false;
    this.isClosed = false;
    this.isOpen = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unwatch = this.context.changes.watch(['warming'], () => void this.#look());
    this.#timer = setInterval(() => {
      if (this.#running) void this.#look();
    }, LOOK_MS);
    void this.#look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch();
    clearInterval(this.#timer);
  }

  protected override render(): TemplateResult {
    const { warming, draft, estimate, problem, isBusy } = this;
    const { job = null, sitemap = false } = warming ?? {};
    return html`<details class="card pre-generate-panel" ?open=${this.isOpen} @toggle=${this.#toggled}>
      <summary><h2>Pre-generate pictures</h2><span class="soft number">${this.#summary()}</span></summary>
      ${
        job && !this.isClosed
          ? preGenerateProgress(job, {
              stop: () => void this.#stop(),
              isStopping: this.isStopping,
              close: () => {
                this.isClosed = true;
              },
            })
          : preGenerateForm({
              draft,
              estimate,
              problem,
              isBusy,
              hasSitemap: sitemap,
              change: (part) => this.#change(part),
              ask: () => void this.#ask(),
              begin: () => void this.#begin(),
            })
      }
    </details>`;
  }

  /** The panel does not open by itself for a running job, because that would move the list below it. */
  #summary(): string {
    const job = this.warming?.job;
    if (job?.state !== 'running') return 'so that readers do not have to wait';
    return `Running: ${job.done} of ${job.total} done`;
  }

  #toggled({ target }: Event): void {
    this.isOpen = (target as HTMLDetailsElement).open;
  }

  get #running(): boolean {
    return this.warming?.job?.state === 'running';
  }

  /** A change makes the estimate invalid. */
  #change(part: Partial<PreGenerateDraft>): void {
    this.draft = { ...this.draft, ...part };
    this.estimate = undefined;
    this.problem = undefined;
  }

  async #look(): Promise<void> {
    try {
      const warming = await this.context.api.get<PreGeneration>('/warming');
      if (!this.warming && warming.sitemap) this.draft = { ...this.draft, source: 'sitemap' };
      // At the first load, show only a running job, not the result of an old one.
      if (!this.warming) this.isClosed = warming.job?.state !== 'running';
      this.warming = warming;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 404) this.hidden = true;
    }
  }

  async #ask(): Promise<void> {
    await this.#attempt(async (request) => {
      const body = { ...request, dryRun: true };
      this.estimate = await this.context.api.post<PreGenerationEstimate>('/warming', body);
    });
    if (this.estimate) await this.#focus('.pre-generate-offer .primary');
  }

  async #begin(): Promise<void> {
    await this.#attempt(async (request) => {
      const job = await this.context.api.post<PreGenerationJob>('/warming', request);
      this.warming = { sitemap: this.warming?.sitemap ?? false, job };
      this.isClosed = false;
      this.isOpen = true;
      this.isStopping = false;
      this.estimate = undefined;
    });
    if (this.#running) await this.#focus('.pre-generate-title button');
  }

  /** The focused button is gone, so focus the next one. */
  async #focus(selector: string): Promise<void> {
    await this.updateComplete;
    this.querySelector<HTMLElement>(selector)?.focus();
  }

  async #attempt(work: (request: PreGenerateRequest) => Promise<void>): Promise<void> {
    const request = this.#request();
    this.problem = problemOf(request);
    if (this.problem) return;
    this.isBusy = true;
    try {
      await work(request);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = reasonOf(error);
    } finally {
      this.isBusy = false;
    }
  }

  async #stop(): Promise<void> {
    this.isStopping = true;
    const work = async () => {
      this.warming = await this.context.api.delete<PreGeneration>('/warming');
    };
    if (!(await orToast(work, 'The job could not be stopped.'))) this.isStopping = false;
  }

  #request(): PreGenerateRequest {
    const { source, paths, countries, most } = this.draft;
    const request = { source, countries: [...countries], most };
    return source === 'pages' ? { ...request, pages: pagesIn(paths) } : request;
  }
}

function problemOf({ pages, countries }: PreGenerateRequest): string | undefined {
  if (pages?.length === 0) return 'Enter at least one path.';
  if (countries.length === 0) return 'Add at least one country.';
  return undefined;
}

customElements.define('cafe-admin-pre-generate-panel', PreGeneratePanel);
