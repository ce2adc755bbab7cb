import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { AdminApi } from '../api/api.ts';
import type { ShownPage } from '../api/api-types.ts';
import { icon } from '../components/icons.ts';
import { countryLabel } from '../format/country.ts';
import { pictureView } from '../pictures/picture-paths.ts';
import { pageSource } from '../pictures/picture-source.ts';
import type { PageGroup } from './page-list.ts';
import { nameOf, pageTitle, SOURCE_TONES, SOURCE_WORDS, TYPE_WORDS } from './page-words.ts';
import './regenerate.ts';

export interface PageActions {
  api: AdminApi;
  pin(page: ShownPage): void;
  /** Called when a page shows another picture. */
  changed(): void;
}

const THUMB = 88;

/** A page with its pictures by country. */
export function pageGroup({ pages }: PageGroup, actions: PageActions): TemplateResult {
  const [first] = pages;
  if (!first) return html``;
  return html`<section class="page-group card" aria-label=${pageTitle(first)}>
    <header>
      <h2>
        ${
          first.blogUrl === null
            ? pageTitle(first)
            : html`<a href=${first.blogUrl} target="_blank" rel="noreferrer">
                ${pageTitle(first)}${icon('open')}<span class="visually-hidden">, on the blog</span>
              </a>`
        }
      </h2>
      <span class="soft">
        ${TYPE_WORDS[first.type]}, ${pages.length === 1 ? '1 country' : `${pages.length} countries`}
      </span>
    </header>
    <ul class="page-entries">
      ${repeat(
        pages,
        ({ country }) => country,
        (page) => entry(page, actions),
      )}
    </ul>
  </section>`;
}

function entry(page: ShownPage, { api, pin, changed }: PageActions): TemplateResult {
  const { name } = countryLabel(page.country);
  const { source, at, image } = page;
  const named = nameOf(page);
  const picture = html`<img src=${pageSource(page, THUMB)} alt="" width=${THUMB} height=${THUMB} loading="lazy" decoding="async">`;
  return html`<li class="page-entry">
    ${
      image
        ? html`<a href="/admin/${pictureView(image)}" aria-label="The picture, ${name}">${picture}</a>`
        : picture
    }
    <div class="page-entry-text">
      <p class="page-entry-country"><b>${name}</b></p>
      <p class="soft page-entry-source">
        ${
          source
            ? html`<span class="badge ${SOURCE_TONES[source]}">${SOURCE_WORDS[source]}</span>`
            : nothing
        }
        ${at ? html`<cafe-admin-time at=${at}></cafe-admin-time>` : nothing}
      </p>
      ${
        named
          ? html`<div class="page-entry-actions">
              <cafe-admin-regenerate
                .api=${api}
                .page=${named}
                @regenerated=${changed}
              ></cafe-admin-regenerate>
              <button type="button" class="button small" @click=${() => pin(page)}>Pin…</button>
            </div>`
          : html`<p class="soft">The path of this page is unknown.</p>`
      }
    </div>
  </li>`;
}
