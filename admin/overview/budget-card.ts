import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { AdminApi } from '../api/api.ts';
import type { Budget, Money } from '../api/api-types.ts';
import { figure } from '../components/figure.ts';
import { icon } from '../components/icons.ts';
import { TickingElement } from '../components/ticking-element.ts';
import { dollarStop } from '../format/budget-stop.ts';
import { formatDollars } from '../format/money.ts';
import { formatDuration, relativeTime } from '../format/time.ts';
import { changePause } from '../shell/change-pause.ts';
import { orToast } from '../shell/or-toast.ts';
import { showToast } from '../shell/toasts.ts';
import { budgetGauge } from './budget-gauge.ts';
import { count } from './spending.ts';

const USED_UP = 'Today’s budget is used up. Until it resets, new pages show fallbacks.';

/**
 * Shows today's budget, and lets the owner change it.
 *
 * @fires cafe-admin-budget - with the budget from a response
 * @fires cafe-admin-budget-over - the budget is out of date: a new day or a new hour of pacing has begun
 */
export class BudgetCard extends TickingElement {
  static override properties: PropertyDeclarations = {
    api: { attribute: false },
    budget: { attribute: false },
    wanted: { state: true },
    isBusy: { state: true },
  };

  declare api: AdminApi;
  declare budget: Budget;
  /** The limit in the field, if it differs from the current one. */
  declare private wanted: number | undefined;
  declare private isBusy: boolean;

  protected override tick(): void {
    super.tick();
    const { resetsAt, opening } = this.budget;
    if (Date.parse(opening?.nextAt ?? resetsAt) > Date.now()) return;
    this.dispatchEvent(new CustomEvent('cafe-admin-budget-over', { bubbles: true }));
  }

  protected override render(): TemplateResult {
    const { budget } = this;
    const { today, month } = budget.dollars;
    return html`<section class="card budget-card" aria-labelledby="budget-title">
      <header>
        <h2 id="budget-title">Today’s budget</h2>
        <button type="button" class="button small pause" ?disabled=${this.isBusy} @click=${this.#pause}>
          ${icon(budget.paused ? 'play' : 'pause')} ${budget.paused ? 'Resume' : 'Pause'}
        </button>
      </header>
      <div class="budget-parts">
        ${budgetGauge(budget)}
        <dl class="facts">
          ${fact('Left today', count(budget.remaining))}
          ${fact(html`<span class="swatch reserved"></span>Reserved`, budget.reserved)}
          ${fact('Spent today', formatDollars(today.used), limitOf(today))}
          ${fact('This month', formatDollars(month.used), limitOf(month))}
          ${fact('Resets', `in ${formatDuration(Math.max(0, Date.parse(budget.resetsAt) - Date.now()))}`)}
        </dl>
      </div>
      ${this.#limitForm(budget)}
    </section>`;
  }

  #limitForm(budget: Budget): TemplateResult {
    const { limit, ceiling, configuredLimit, limitOverCeiling } = budget;
    const wanted = this.wanted ?? limit;
    const step = (by: number) => () => this.#want(wanted + by);
    return html`<form class="limit" @submit=${this.#submit} novalidate>
      <label for="limit">Limit for today</label>
      <div class="limit-row">
        <div class="stepper">
          <button
            type="button"
            class="button quiet bare"
            aria-label="One less"
            ?disabled=${wanted <= 0}
            @click=${step(-1)}
          >−</button>
          <input
            id="limit"
            class="number"
            inputmode="numeric"
            autocomplete="off"
            maxlength="7"
            aria-describedby="limit-hint"
            .value=${String(wanted)}
            @input=${this.#typed}
          >
          <button
            type="button"
            class="button quiet bare"
            aria-label="One more"
            ?disabled=${wanted >= ceiling}
            @click=${step(1)}
          >+</button>
        </div>
        <button
          type="submit"
          class="button primary"
          ?disabled=${this.isBusy || wanted === limit}
        >Set</button>
        <button
          type="button"
          class="button quiet ${limit === configuredLimit ? 'idle' : ''}"
          @click=${() => this.#set(null)}
        >Reset to ${configuredLimit}</button>
      </div>
      <p class="soft hint" id="limit-hint">
        Up to ${ceiling}: ${ceilingSource(budget)}. Tomorrow, the limit returns to ${configuredLimit}.
      </p>
      ${
        limitOverCeiling === null
          ? nothing
          : html`<p class="hint" role="status">
              The limit was set to ${limitOverCeiling}, but the ceiling is lower now. The limit is ${limit}.
            </p>`
      }
      ${notes(budget)}
    </form>`;
  }

  #typed(event: InputEvent): void {
    const field = event.target as HTMLInputElement;
    const digits = field.value.replace(/\D/g, '');
    if (digits !== field.value) field.value = digits;
    if (digits) this.#want(Number(digits), field);
  }

  #want(limit: number, field?: HTMLInputElement): void {
    const possible = Math.min(Math.max(0, limit), this.budget.ceiling);
    if (field && possible !== limit) field.value = String(possible);
    this.wanted = possible === this.budget.limit ? undefined : possible;
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    if (this.wanted !== undefined) void this.#set(this.wanted);
  }

  /** @param limit `null` for the configured limit */
  async #set(limit: number | null): Promise<void> {
    const { limit: before, configuredLimit } = this.budget;
    this.isBusy = true;
    const work = async () => {
      const budget = await this.api.put<Budget>('/budget', { limit });
      this.wanted = undefined;
      this.#publish(budget);
      const undo = () => this.#set(before === configuredLimit ? null : before);
      showToast({ about: 'limit', text: `Today’s limit is now ${budget.limit}.`, undo });
    };
    try {
      await orToast(work, 'The limit could not be changed.');
    } finally {
      this.isBusy = false;
    }
  }

  async #pause(): Promise<void> {
    this.isBusy = true;
    await changePause(this.api, !this.budget.paused, (budget) => this.#publish(budget));
    this.isBusy = false;
  }

  #publish(detail: Budget): void {
    this.dispatchEvent(new CustomEvent('cafe-admin-budget', { bubbles: true, detail }));
  }
}

function ceilingSource({ ceilingFrom }: Budget): TemplateResult {
  if (ceilingFrom === 'ADMIN_BUDGET_CEILING') return html`<code>ADMIN_BUDGET_CEILING</code>`;
  return html`ten times <code>DAILY_GENERATION_BUDGET</code>, unless you set
    <code>ADMIN_BUDGET_CEILING</code>`;
}

/** @param rest what follows the value, and does not change */
function fact(term: unknown, value: string | number, rest: unknown = nothing): TemplateResult {
  return html`<div><dt>${term}</dt><dd class="number">${figure(value)}${rest}</dd></div>`;
}

/**
 * Says what limits purchases at the moment. The notes that are possible today share one place, as high as
 * the highest of them, so that nothing moves when another one applies.
 */
function notes(budget: Budget): TemplateResult {
  const { limit, opening, remaining, stoppedBy } = budget;
  const pacing = opening ? openOf(limit, opening) : undefined;
  const possible = [
    { text: dollarStop(budget, 'dollars_today'), applies: stoppedBy === 'dollars_today' },
    { text: dollarStop(budget, 'dollars_month'), applies: stoppedBy === 'dollars_month' },
    { text: USED_UP, applies: remaining < 1 },
    { text: pacing, applies: true },
  ].filter(({ text }) => text !== undefined);
  const shown = possible.find(({ applies }) => applies);
  return html`<div class="hint notes" role="status">
    ${possible.map(
      (note) => html`<p class=${classOf(note.text === pacing, note !== shown)}>${note.text}</p>`,
    )}
  </div>`;
}

function classOf(isSoft: boolean, isIdle: boolean): string {
  return `${isSoft ? 'soft' : ''} ${isIdle ? 'idle' : ''}`;
}

function openOf(limit: number, { pictures, nextAt }: NonNullable<Budget['opening']>): string {
  return nextAt
    ? `Hourly pacing: ${pictures} of ${limit} available so far, more ${relativeTime(nextAt)}.`
    : `Hourly pacing: all ${limit} available.`;
}

function limitOf({ limit }: Money): unknown {
  return limit === null ? nothing : html` <span class="soft">of ${formatDollars(limit)}</span>`;
}

customElements.define('cafe-admin-budget-card', BudgetCard);
