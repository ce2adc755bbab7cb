import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { ApiError } from '../api/api.ts';
import type { Act, Paged } from '../api/api-types.ts';
import { Resource } from '../api/resource.ts';
import { icon } from '../components/icons.ts';
import { emptyState, errorState, skeleton, staleNote } from '../components/states.ts';
import { AdminView } from '../shell/admin-view.ts';
import { type Sentence, sentenceFor } from './sentences.ts';
import './activity-view.css';

const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
/** Distance from the end of the list at which the next part is loaded. */
const AHEAD = '600px';
/** An act that has not ended after this time was interrupted. */
const MAY_LAST_MS = 600_000;

/** The acts in the admin, with actor and outcome. */
export class Activity extends AdminView {
  static override properties: PropertyDeclarations = {
    older: { state: true },
    isReading: { state: true },
    failure: { state: true },
  };

  /** The older part of the list. The newest part is loaded again after each act. */
  declare private older: Paged<Act> | undefined;
  declare private isReading: boolean;
  declare private failure: ApiError | undefined;

  readonly #newest = new Resource(this, (signal) => this.#readNewest(signal), {
    topics: ['activity'],
  });
  readonly #end = new IntersectionObserver(
    (entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting) && !this.failure) void this.#goOn();
    },
    { rootMargin: AHEAD },
  );

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#end.disconnect();
  }

  protected override updated(): void {
    this.#end.disconnect();
    const end = this.querySelector('.list-end');
    if (end) this.#end.observe(end);
  }

  protected override render(): TemplateResult {
    return html`<div class="view-head">
        <h1>Activity</h1>
        <p class="soft">A permanent record of everything done in the admin.</p>
      </div>
      ${this.#list()}`;
  }

  #list(): TemplateResult {
    const { value, error } = this.#newest;
    const retry = () => void this.#newest.reload();
    if (!value) {
      const waiting = skeleton('Loading the activity', 6);
      return html`<section class="card">${error ? errorState(error, retry) : waiting}</section>`;
    }
    if (value.items.length === 0) {
      return html`<section class="card">
        ${emptyState({
          icon: 'activity',
          title: 'No activity yet',
          text: 'When you hide a picture, pause spending or change the budget, it is listed here.',
        })}
      </section>`;
    }
    return html`${error ? staleNote(error, retry) : nothing}
      ${[...this.#byDay(value.items)].map(
        ([day, acts]) => html`<section class="card acts" aria-label=${day}>
          <h2>${day}</h2>
          <ol>${repeat(acts, ({ id }) => id, actRow)}</ol>
        </section>`,
      )}
      ${this.#listEnd(value)}`;
  }

  #listEnd(newest: Paged<Act>): TemplateResult {
    if (this.failure) return errorState(this.failure, () => void this.#goOn());
    const { nextCursor } = this.older ?? newest;
    if (!nextCursor) return html`<p class="soft the-end">End of the list.</p>`;
    return html`<p class="list-end">
      <button
        type="button"
        class="button"
        ?disabled=${this.isReading}
        @click=${() => void this.#goOn()}
      >
        ${this.isReading ? 'Loading…' : 'Load older entries'}
      </button>
    </p>`;
  }

  #byDay(newest: readonly Act[]): Map<string, Act[]> {
    const known = new Set(newest.map(({ id }) => id));
    const older = (this.older?.items ?? []).filter(({ id }) => !known.has(id));
    return Map.groupBy([...newest, ...older], ({ at }) => DAY.format(new Date(at)));
  }

  async #readNewest(signal: AbortSignal): Promise<Paged<Act>> {
    const newest = await this.context.api.get<Paged<Act>>('/activity', { signal });
    const before = new Set(this.#newest.value?.items.map(({ id }) => id));
    // If the newest part has no overlap with the one before, the older part no longer follows it.
    if (!newest.items.some(({ id }) => before.has(id))) this.older = undefined;
    return newest;
  }

  async #goOn(): Promise<void> {
    const cursor = (this.older ?? this.#newest.value)?.nextCursor;
    if (!cursor || this.isReading) return;
    this.isReading = true;
    this.failure = undefined;
    try {
      const next = await this.context.api.get<Paged<Act>>('/activity', { query: { cursor } });
      const items = [...((this.older ?? this.#newest.value)?.items ?? []), ...next.items];
      this.older = { items, nextCursor: next.nextCursor };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.failure = error;
    } finally {
      this.isReading = false;
    }
  }
}

function actRow(act: Act): TemplateResult {
  const sentence = sentenceFor(act);
  return html`<li class=${act.outcome}>
    <span class="act-mark">${icon(sentence.icon)}</span>
    <p class="act-text">
      ${sentence.start} ${subjectOf(sentence)} ${sentence.end} ${outcomeOf(act)}
    </p>
    <p class="soft act-more">
      <cafe-admin-time at=${act.at}></cafe-admin-time>
      ${act.actor === 'token' ? nothing : html`<span class="act-actor">${act.actor}</span>`}
    </p>
  </li>`;
}

function subjectOf({ subject, at }: Sentence): TemplateResult {
  return at ? html`<a href="/admin/${at}">${subject}</a>` : html`<b>${subject}</b>`;
}

function outcomeOf({ outcome, at }: Act): TemplateResult | typeof nothing {
  if (outcome === 'failed') return html`<span class="badge bad">Failed</span>`;
  if (outcome === 'done') return nothing;
  return Date.now() - Date.parse(at) < MAY_LAST_MS
    ? html`<span class="badge">In progress</span>`
    : html`<span class="badge warn">Interrupted</span>`;
}

customElements.define('cafe-admin-activity', Activity);
