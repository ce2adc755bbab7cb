import { html, nothing, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import type { ImageModel, Status, Upstream } from '../api/api-types.ts';
import { figure } from '../components/figure.ts';
import { icon } from '../components/icons.ts';
import { countryLabel } from '../format/country.ts';
import { formatDuration } from '../format/time.ts';

const NAMES: Readonly<Record<Upstream['name'], string>> = {
  store: 'Store',
  generator: 'Image generator',
  database: 'Database',
  locator: 'Geolocation',
};

const STATES: Readonly<Record<Upstream['state'], [tone: string, words: string]>> = {
  ok: ['good', 'OK'],
  failing: ['bad', 'Failing'],
  open: ['bad', 'Paused after failures'],
  unused: ['', 'Not used yet'],
};

/** Maximum number of pictures in progress that are listed. */
const MAX_SHOWN = 4;

/** The state of the upstreams, and the pictures in progress. */
export function activityNow(status: Status): TemplateResult {
  const { running, waiting, unstored, shedding, upstreams, models, storeLacks } = status;
  const lacksPuts = storeLacks.filter((each) => each.startsWith('PUT'));
  const unlisted: string[] = [];
  if (running.length > MAX_SHOWN) unlisted.push(`${running.length - MAX_SHOWN} more`);
  if (waiting > 0) unlisted.push(`${waiting} waiting`);
  return html`
    <ul class="upstreams">${upstreams.map(upstreamRow)}</ul>
    ${models.length === 0 ? nothing : modelsNow(models)}
    ${
      lacksPuts.length > 0
        ? note(
            `The store does not support ${lacksPuts.join(' or ')}: replicas may buy the same picture twice. Run one replica.`,
          )
        : nothing
    }
    ${shedding ? note('Overloaded: some requests are rejected at the moment.') : nothing}
    ${
      unstored > 0
        ? note(
            `${unstored} paid ${unstored === 1 ? 'picture is' : 'pictures are'} not stored yet. The service keeps them and retries.`,
          )
        : nothing
    }
    <div class="running-head">
      <h3>In progress</h3>
      <p class="soft small-print number">${figure(unlisted.join(', '))}</p>
    </div>
    ${
      running.length === 0
        ? html`<p class="soft">No picture is being generated.</p>`
        : html`<ul class="running">${running.slice(0, MAX_SHOWN).map(runningRow)}</ul>`
    }
  `;
}

/** The current model, its shutdown date, and the models that are no longer used. */
function modelsNow(models: readonly ImageModel[]): TemplateResult {
  const first = models.find(({ state }) => state === 'first');
  const gone = models.filter(({ state }) => state === 'ended' || state === 'refused');
  return html`<p class="models">
    ${first ? html`Model: <b>${first.name}</b>` : 'No image model is available.'}
    ${first?.endsOn ? html`<span class="badge bad">shutdown on ${first.endsOn}</span>` : nothing}
    ${gone.map(
      ({ name, state, endsOn }) =>
        html`<span class="soft small-print">
          ${name} ${state === 'refused' ? 'is not available' : `was shut down on ${endsOn}`}
        </span>`,
    )}
  </p>`;
}

function upstreamRow({
  name,
  kind,
  state,
  since,
  lastError,
  lastErrorAt,
}: Upstream): TemplateResult {
  const [tone, words] = STATES[state];
  const isOk = state === 'ok';
  return html`<li>
    <b>${NAMES[name]}</b>
    ${keyed(state, html`<span class="badge ${tone}">${words}</span>`)}
    <span class="soft upstream-more">
      ${kind}${isOk ? nothing : sinceWhen(since)}${
        lastError
          ? html` · ${isOk ? 'last error ' : nothing}<code>${lastError}</code>
              ${isOk ? when(lastErrorAt) : nothing}`
          : nothing
      }
    </span>
  </li>`;
}

function sinceWhen(at: string | null): TemplateResult | typeof nothing {
  return at ? html` · since ${when(at)}` : nothing;
}

function when(at: string | null): TemplateResult | typeof nothing {
  return at ? html`<cafe-admin-time at=${at}></cafe-admin-time>` : nothing;
}

function runningRow({ page, country, startedAt }: Status['running'][number]): TemplateResult {
  const { flag, name } = countryLabel(country);
  const lasts = formatDuration(Math.max(0, Date.now() - Date.parse(startedAt)));
  return html`<li>
    <span class="flame" aria-hidden="true"></span>
    <span class="running-page">${page.path}</span>
    <span class="soft running-country"><span aria-hidden="true">${flag}</span> ${name}</span>
    <span class="soft number lasts">${figure(lasts)}</span>
  </li>`;
}

function note(text: string): TemplateResult {
  return html`<p class="stale" role="status">${icon('warning')} <span>${text}</span></p>`;
}
