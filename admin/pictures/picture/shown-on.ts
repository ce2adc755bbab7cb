import { html, nothing, type TemplateResult } from 'lit';
import type { ImageDetail, ShownPage } from '../../api/api-types.ts';
import { icon } from '../../components/icons.ts';
import { countryLabel } from '../../format/country.ts';
import { pageTitle, SOURCE_TONES, SOURCE_WORDS } from '../../pages/page-words.ts';

/** The pages that currently show a picture. */
export function shownOn({ shownOn: pages, shownOnMore }: ImageDetail): TemplateResult {
  if (pages.length === 0) return html`<p class="soft">No page shows it now.</p>`;
  return html`
    <ul class="shown-on">
      ${pages.map(row)}
    </ul>
    ${shownOnMore ? html`<p class="soft">More pages show it.</p>` : nothing}
  `;
}

function row(page: ShownPage): TemplateResult {
  const { source, at, blogUrl } = page;
  return html`<li>
    <a href="/admin/pages?search=${encodeURIComponent(page.slug)}">${pageTitle(page)}</a>
    <span class="soft">${countryLabel(page.country).name}</span>
    ${
      source
        ? html`<span class="badge ${SOURCE_TONES[source]}">${SOURCE_WORDS[source]}</span>`
        : nothing
    }
    ${at ? html`<cafe-admin-time class="soft" at=${at}></cafe-admin-time>` : nothing}
    ${
      blogUrl === null
        ? nothing
        : html`<a
            class="button quiet small bare"
            href=${blogUrl}
            target="_blank"
            rel="noreferrer"
            aria-label="Open ${pageTitle(page)} on the blog"
          >${icon('open')}</a>`
    }
  </li>`;
}
