import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { Budget, Image, Paged, Status } from '../api/api-types.ts';
import { Resource } from '../api/resource.ts';
import { figure } from '../components/figure.ts';
import { emptyState, errorState, skeleton, staleNote } from '../components/states.ts';
import { formatDollars } from '../format/money.ts';
import { formatDay, formatDuration } from '../format/time.ts';
import { AdminView } from '../shell/admin-view.ts';
import { activityNow } from './activity-card.ts';
import { HOUR_TICKS, hoursOf } from './hours.ts';
import { newestStrip } from './newest.ts';
import { count, spendingIn } from './spending.ts';
import '../components/bar-chart.ts';
import './budget-card.ts';
import './overview-view.css';

const STATUS_EVERY_MS = 5000;
const NEWEST = 12;
const MAX_COUNTED = 200;
/** Maximum number of requests for today's list, with 200 items each. */
const MAX_PARTS = 5;

/** Costs, status and the newest pictures. */
export class Overview extends AdminView {
  static override properties: PropertyDeclarations = {
    areDaysATable: { state: true },
    areHoursATable: { state: true },
  };

  declare private areDaysATable: boolean;
  declare private areHoursATable: boolean;

  readonly #status = new Resource(
    this,
    (signal) => this.context.api.get<Status>('/status', { signal }),
    { everyMs: STATUS_EVERY_MS },
  );
  readonly #newest = new Resource(
    this,
    (signal) => this.context.api.get<Paged<Image>>('/images', { query: { limit: NEWEST }, signal }),
    { topics: ['generations', 'activity'] },
  );
  /** Pictures that wait for review. Only their first part is loaded. */
  readonly #waiting = new Resource(
    this,
    (signal) => {
      const query = { state: 'pending', limit: MAX_COUNTED };
      return this.context.api.get<Paged<Image>>('/images', { query, signal });
    },
    { topics: ['generations', 'activity'] },
  );
  readonly #today = new Resource(this, (signal) => this.#readToday(signal), {
    topics: ['generations'],
  });

  protected override render(): TemplateResult {
    const { budget } = this;
    return html`<div class="view-head">
        <h1>Overview</h1>
        <p class="soft">${budget ? html`${formatDay(budget.day)}, UTC` : nothing}</p>
      </div>
      <div class="overview">
        ${
          budget
            ? html`<cafe-admin-budget-card
                .api=${this.context.api}
                .budget=${budget}
              ></cafe-admin-budget-card>`
            : html`<section class="card">${skeleton('Loading the budget', 6)}</section>`
        }
        <section class="card status" aria-labelledby="status-title" tabindex="0">
          <header>
            <h2 id="status-title">Status</h2>
            <p class="soft small-print">${figure(this.#uptime())}</p>
          </header>
          ${this.#statusNow()}
        </section>
        <section class="card newest" aria-labelledby="newest-title">
          <header>
            <h2 id="newest-title">Newest pictures</h2>
            ${this.#toReview()}
            <a href="/admin/pictures">All<span> pictures</span></a>
          </header>
          ${this.#strip()}
        </section>
        ${budget ? this.#days(budget) : nothing} ${this.#hours()}
      </div>`;
  }

  #uptime(): string {
    const { value } = this.#status;
    return value ? `running for ${formatDuration(value.uptimeSeconds * 1000)}` : '';
  }

  #statusNow(): TemplateResult {
    const { value, error } = this.#status;
    if (error?.status === 404) {
      return emptyState({
        title: 'Unknown',
        text: 'This version of the service does not report its status.',
      });
    }
    const retry = () => void this.#status.reload();
    if (!value) return error ? errorState(error, retry) : skeleton('Loading the status', 6);
    return html`${error ? staleNote(error, retry) : nothing}${activityNow(value)}`;
  }

  #toReview(): TemplateResult | typeof nothing {
    const { items = [], nextCursor } = this.#waiting.value ?? {};
    if (items.length === 0) return nothing;
    return html`<a class="badge warn" href="/admin/pictures?state=pending">
      ${items.length}${nextCursor ? '+' : ''} to review
    </a>`;
  }

  #strip(): TemplateResult {
    const { value, error } = this.#newest;
    const retry = () => void this.#newest.reload();
    if (!value) return error ? errorState(error, retry) : skeleton('Loading the newest pictures');
    if (value.items.length === 0) {
      return emptyState({
        icon: 'pictures',
        title: 'No pictures yet',
        text: 'A page’s picture is generated when its first reader visits. The settings show the snippet for your blog.',
        action: html`<a class="button" href="/admin/settings">Show the snippet</a>`,
      });
    }
    return html`${error ? staleNote(error, retry) : nothing}${newestStrip(value.items)}`;
  }

  #days(budget: Budget): TemplateResult {
    const { bars, isFree, ticks, dollars, pictures } = spendingIn(budget);
    return html`<section class="card days" aria-labelledby="days-title">
      <header>
        <h2 id="days-title">90 days</h2>
        <p class="soft number">${figure(`${formatDollars(dollars)} · ${count(pictures)}`)}</p>
        ${tableSwitch('days', this.areDaysATable, () => {
          this.areDaysATable = !this.areDaysATable;
        })}
      </header>
      <cafe-admin-bars
        label=${isFree ? 'Pictures of the last 90 days' : 'Costs of the last 90 days'}
        .bars=${bars}
        .ticks=${ticks}
        .columns=${['Day', isFree ? 'Pictures' : 'Spent']}
        .top=${isFree ? String : formatDollars}
        ?table=${this.areDaysATable}
      ></cafe-admin-bars>
    </section>`;
  }

  #hours(): TemplateResult {
    const { value, error } = this.#today;
    return html`<section class="card hours" aria-labelledby="hours-title">
      <header>
        <h2 id="hours-title">Today, by hour</h2>
        <p class="legend soft">
          <span><span class="swatch failed"></span>failed</span>
        </p>
        ${tableSwitch('hours', this.areHoursATable, () => {
          this.areHoursATable = !this.areHoursATable;
        })}
      </header>
      ${
        error && !value
          ? errorState(error, () => void this.#today.reload())
          : html`<cafe-admin-bars
              label="Today’s pictures by hour, in UTC"
              .bars=${hoursOf(value ?? [])}
              .ticks=${HOUR_TICKS}
              .columns=${['Hour (UTC)', 'Pictures']}
              .top=${String}
              ?table=${this.areHoursATable}
            ></cafe-admin-bars>`
      }
    </section>`;
  }

  async #readToday(signal: AbortSignal): Promise<Image[]> {
    const day = new Date().toISOString().slice(0, 10);
    const images: Image[] = [];
    let cursor: string | undefined;
    for (let part = 0; part < MAX_PARTS; part += 1) {
      const query = { day, state: 'all', limit: 200, cursor };
      const { items, nextCursor } = await this.context.api.get<Paged<Image>>('/images', {
        query,
        signal,
      });
      images.push(...items);
      if (!nextCursor) break;
      cursor = nextCursor;
    }
    return images;
  }
}

function tableSwitch(what: string, isTable: boolean, toggle: () => void): TemplateResult {
  return html`<button
    type="button"
    class="button quiet small"
    aria-pressed=${isTable ? 'true' : 'false'}
    aria-label="Show the ${what} as a table"
    @click=${toggle}
  >Table</button>`;
}

customElements.define('cafe-admin-overview', Overview);
