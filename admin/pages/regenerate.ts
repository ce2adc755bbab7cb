import { html, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { AdminApi } from '../api/api.ts';
import type { Regenerated } from '../api/api-types.ts';
import { deliberate } from '../components/deliberate.ts';
import { STOPS } from '../format/budget-stop.ts';
import { formatDollars } from '../format/money.ts';
import { AdminElement } from '../shell/admin-view.ts';
import { orToast } from '../shell/or-toast.ts';
import { showToast } from '../shell/toasts.ts';
import { type PageName, pageInWords } from './page-words.ts';

type Step = 'idle' | 'asking' | 'offered' | 'generating';

const SECOND = 1000;
const FAILED = 'The picture could not be regenerated.';

/**
 * Buys another picture for a page, after it has shown the maximum cost.
 *
 * @fires regenerated - the page shows another picture
 */
export class RegenerateForm extends AdminElement {
  static override properties: PropertyDeclarations = {
    api: { attribute: false },
    page: { attribute: false },
    step: { state: true },
    seconds: { state: true },
  };

  declare api: AdminApi;
  declare page: PageName;
  declare private step: Step;
  /** Since the start of the generation. */
  declare private seconds: number;
  #offer: Regenerated | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.step = 'idle';
    this.seconds = 0;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  protected override render(): TemplateResult {
    const { step } = this;
    if (step === 'generating') {
      return html`<p class="regenerate" role="status">
        <label>Generating… <span class="number">${this.seconds} s</span> <progress></progress></label>
      </p>`;
    }
    if (step === 'offered' && this.#offer) return this.#confirmation(this.#offer);
    return html`<button
      type="button"
      class="button small"
      ?disabled=${step === 'asking'}
      @click=${this.#ask}
    >Regenerate…</button>`;
  }

  #confirmation({ atMostDollars, remaining, stoppedBy }: Regenerated): TemplateResult {
    const left = remaining === 1 ? '1 picture is left' : `${remaining} pictures are left`;
    const pressed = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') this.#leave();
    };
    return html`<div class="regenerate" role="group" aria-label="A new picture" @keydown=${pressed}>
      ${
        stoppedBy
          ? html`<p role="status">${STOPS[stoppedBy]}</p>`
          : html`<p role="status">
                Costs at most <b>${formatDollars(atMostDollars)}</b>; ${left} today. The page keeps its picture
                until the new one is ready.
              </p>
              <button
                type="button"
                class="button small primary"
                @click=${deliberate(() => void this.#buy())}
              >Buy it</button>`
      }
      <button type="button" class="button small quiet" @click=${this.#leave}>Not now</button>
    </div>`;
  }

  #leave(): void {
    this.step = 'idle';
    void this.#focusButton();
  }

  async #focusButton(): Promise<void> {
    await this.updateComplete;
    this.querySelector('button')?.focus();
  }

  async #ask(): Promise<void> {
    this.step = 'asking';
    const work = async () => {
      this.#offer = await this.#send({ dryRun: true });
      this.step = 'offered';
      await this.#focusButton();
    };
    try {
      await orToast(work, FAILED);
    } finally {
      if (this.step === 'asking') this.step = 'idle';
    }
  }

  async #buy(): Promise<void> {
    this.step = 'generating';
    this.seconds = 0;
    this.#timer = setInterval(() => {
      this.seconds += 1;
    }, SECOND);
    const work = async () => {
      await this.#send({});
      showToast({ text: `New picture on ${pageInWords(this.page)}.` });
      this.step = 'idle';
      this.dispatchEvent(new CustomEvent('regenerated', { bubbles: true }));
    };
    try {
      await orToast(work, FAILED);
    } finally {
      this.step = 'idle';
      clearInterval(this.#timer);
    }
  }

  #send(options: { dryRun?: true }): Promise<Regenerated> {
    return this.api.post('/pages/rebrew', { ...this.page, ...options });
  }
}

customElements.define('cafe-admin-regenerate', RegenerateForm);
