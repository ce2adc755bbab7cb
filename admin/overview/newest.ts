import { html, nothing, type TemplateResult } from 'lit';
import type { Image } from '../api/api-types.ts';
import { icon } from '../components/icons.ts';
import { countryLabel } from '../format/country.ts';
import { pictureView } from '../pictures/picture-paths.ts';
import { pictureSource } from '../pictures/picture-source.ts';
import { CONDITION_WORDS, conditionOf } from '../pictures/picture-words.ts';

/** CSS pixels. */
const SIDE = 160;

/** A row of pictures that link to their own views. */
export function newestStrip(images: readonly Image[]): TemplateResult {
  return html`<ul class="strip">
    ${images.map((image) => {
      const { flag, name } = countryLabel(image.country);
      const condition = conditionOf(image);
      const thumbnail = condition === 'hidden' ? undefined : pictureSource(image, SIDE);
      const about = image.page ? `${name}, ${image.page.path}` : name;
      return html`<li>
        <a href="/admin/${pictureView(image.id)}" title=${about}>
          ${
            thumbnail
              ? html`<img src=${thumbnail} alt=${about} width=${SIDE} height=${SIDE} loading="lazy" decoding="async">`
              : html`<span class="no-picture">${icon('eyeOff')}<span>${CONDITION_WORDS[condition]}</span></span>`
          }
          ${
            condition === 'pending'
              ? html`<span class="badge warn">${CONDITION_WORDS.pending}</span>`
              : nothing
          }
          <span class="strip-country" aria-hidden=${thumbnail ? 'true' : 'false'}>
            <span aria-hidden="true">${flag}</span> ${name}
          </span>
          <span class="strip-page soft" aria-hidden="true">${image.page?.path ?? '—'}</span>
        </a>
        ${
          image.reservedAt
            ? html`<span class="soft strip-time"><cafe-admin-time at=${image.reservedAt}></cafe-admin-time></span>`
            : nothing
        }
      </li>`;
    })}
  </ul>`;
}
