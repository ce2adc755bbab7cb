import { html, nothing, type TemplateResult } from 'lit';
import type { ImageModel, Status, Upstream } from '../api/api-types.ts';
import { icon } from '../components/icons.ts';
import { countryLabel } from '../format/country.ts';
import { formatDuration } from '../format/time.ts';

const NAMES: Readonly<Record<Upstream['name'], string>> = {
  store: 'Store',
  generator: 'Image generator',
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
  const unseen = Math.max(0, running.length - MAX_SHOWN);
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
    <h3>In progress</h3>
    ${
      running.length === 0
        ? html`<p class="soft">No picture is being generated.</p>`
        : html`<ul class="running">${running.slice(0, MAX_SHOWN).map(runningRow)}</ul>
            ${unseen > 0 ? html`<p class="soft">and ${unseen} more</p>` : nothing}`
    }
    ${waiting > 0 ? html`<p class="soft small-print">${waiting} waiting in the queue</p>` : nothing}
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
  return html`<li>
    <span class="upstream-name"><b>${NAMES[name]}</b> <span class="soft">${kind}</span></span>
    <span class="badge ${tone}">${words}</span>
    <span class="soft upstream-more">
      ${since && state !== 'ok' ? html`since <cafe-admin-time at=${since}></cafe-admin-time>` : nothing}
      ${
        lastError
          ? html`${since && state !== 'ok' ? ' · ' : nothing}last error <code>${lastError}</code>
              ${lastErrorAt ? html`<cafe-admin-time at=${lastErrorAt}></cafe-admin-time>` : nothing}`
          : nothing
      }
    </span>
  </li>`;
}

function runningRow({ page, country, startedAt }: Status['running'][number]): TemplateResult {
  const { flag, name } = countryLabel(country);
  const lasts = formatDuration(Math.max(0, Date.now() - Date.parse(startedAt)));
  return html`<li>
    <span class="flame" aria-hidden="true"></span>
    <span class="running-page">${page.path}</span>
    <span class="soft"><span aria-hidden="true">${flag}</span> ${name}</span>
    <span class="soft number lasts">${lasts}</span>
  </li>`;
}

function note(text: string): TemplateResult {
  return html`<p class="stale" role="status">${icon('warning')} <span>${text}</span></p>`;
}
