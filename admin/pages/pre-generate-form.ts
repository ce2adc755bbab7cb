import { html, nothing, type TemplateResult } from 'lit';
import type { PreGenerationEstimate } from '../api/api-types.ts';
import { deliberate } from '../components/deliberate.ts';
import { icon } from '../components/icons.ts';
import { countryLabel, UNKNOWN } from '../format/country.ts';
import { formatDollars } from '../format/money.ts';
import { ANYWHERE, countryChoices } from '../pictures/filter/countries.ts';

/** The values in the form. */
export interface PreGenerateDraft {
  source: 'sitemap' | 'pages';
  paths: string;
  countries: readonly (string | null)[];
  most: number;
}

export interface PreGenerateFormParts {
  draft: PreGenerateDraft;
  hasSitemap: boolean;
  estimate: PreGenerationEstimate | undefined;
  problem: string | undefined;
  isBusy: boolean;
  change(part: Partial<PreGenerateDraft>): void;
  ask(): void;
  begin(): void;
}

export function preGenerateForm(parts: PreGenerateFormParts): TemplateResult {
  const { draft, hasSitemap, change, ask } = parts;
  const textIn = ({ target }: Event) => (target as HTMLInputElement).value;
  const submit = (event: Event) => {
    event.preventDefault();
    ask();
  };
  return html`<form class="pre-generate-form" @submit=${submit}>
    ${hasSitemap ? sources(draft, change) : nothing}
    ${
      draft.source === 'pages'
        ? html`<label>
            Paths, one per line
            <textarea
              rows="5"
              spellcheck="false"
              placeholder="/posts/hello&#10;/posts/a-soup-that-waits"
              .value=${draft.paths}
              @input=${(event: Event) => change({ paths: textIn(event) })}
            ></textarea>
          </label>`
        : nothing
    }
    <div class="pre-generate-row">
      ${countriesField(draft, change)}
      <label class="pre-generate-most">
        Maximum number of pictures
        <input
          type="number"
          min="1"
          max="1000000"
          required
          .value=${String(draft.most)}
          @input=${(event: Event) => change({ most: Math.max(1, Math.floor(Number(textIn(event))) || 1) })}
        >
      </label>
    </div>
    ${offer(parts)}
  </form>`;
}

function sources(
  { source }: PreGenerateDraft,
  change: PreGenerateFormParts['change'],
): TemplateResult {
  const option = (
    value: PreGenerateDraft['source'],
    label: string,
  ) => html`<label class="pre-generate-source">
    <input
      type="radio"
      name="source"
      value=${value}
      .checked=${source === value}
      @change=${() => change({ source: value })}
    >
    ${label}
  </label>`;
  return html`<fieldset>
    <legend class="visually-hidden">Which pages</legend>
    ${option('sitemap', 'All pages of the sitemap')} ${option('pages', 'These pages')}
  </fieldset>`;
}

function countriesField(
  { countries }: PreGenerateDraft,
  change: PreGenerateFormParts['change'],
): TemplateResult {
  const add = ({ target }: Event) => {
    const select = target as HTMLSelectElement;
    const code = select.value === ANYWHERE ? null : select.value;
    select.value = '';
    if (!countries.includes(code)) change({ countries: [...countries, code] });
  };
  const drop = (code: string | null) =>
    change({ countries: countries.filter((each) => each !== code) });
  return html`<div class="pre-generate-countries">
    <label>
      For readers from
      <select @change=${add}>
        <option value="">Add a country…</option>
        ${countryChoices().map(({ code, name }) => html`<option value=${code}>${name}</option>`)}
        <option value=${ANYWHERE}>${UNKNOWN}</option>
      </select>
    </label>
    <p class="soft small-print">Each page gets its own picture for each country.</p>
    <ul class="chips" aria-label="Countries">
      ${countries.map((code) => {
        const { name } = countryLabel(code);
        return html`<li>
          <button type="button" class="button small" aria-label="Remove ${name}" @click=${() => drop(code)}>
            ${name} ${icon('close')}
          </button>
        </li>`;
      })}
    </ul>
  </div>`;
}

function offer({ draft, estimate, problem, isBusy, begin }: PreGenerateFormParts): TemplateResult {
  return html`
    <p class="problem" role="alert">${problem ?? nothing}</p>
    <div class="pre-generate-offer">
      ${estimate ? html`<p role="status">${offerWords(estimate, draft.countries.length)}</p>` : nothing}
      ${
        estimate
          ? html`<button
              type="button"
              class="button primary"
              ?disabled=${isBusy}
              @click=${deliberate(begin)}
            >Start</button>`
          : html`<button type="submit" class="button" ?disabled=${isBusy}>
              ${isBusy ? 'Estimating…' : 'Estimate the cost'}
            </button>`
      }
    </div>
  `;
}

function offerWords(estimate: PreGenerationEstimate, countries: number): TemplateResult {
  const { total, most, costMicroUsdAtMost, remainingToday } = estimate;
  const pages = total / countries;
  const checked = pages === 1 ? '1 page' : `${pages} pages`;
  const where = countries === 1 ? '' : `, each for ${countries} countries`;
  const buys = Math.min(total, most, remainingToday);
  return html`${checked}${where}. Buys at most ${buys} ${buys === 1 ? 'picture' : 'pictures'}, for at most
    <b>${formatDollars(costMicroUsdAtMost / 1e6)}</b>. Pages that have a picture are skipped. Today’s budget
    has ${remainingToday} left.`;
}
