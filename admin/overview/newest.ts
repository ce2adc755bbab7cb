import { html, nothing, type TemplateResult } from 'lit';
import type { Image } from '../api-types.ts';
import { icon } from '../components/icons.ts';
import { countryLabel } from '../format/country.ts';

/** The smallest of a picture's files that is fine enough for a thumbnail; none where readers cannot see it. */
function thumbnailOf({ renditions, url }: Image): string | null {
  return renditions.find((each) => each.endsWith('.480.webp')) ?? url;
}

/** Pictures side by side, each a way to all that is known of it. */
export function newestStrip(images: readonly Image[]): TemplateResult {
  return html`<ul class="strip">
    ${images.map((image) => {
      const { flag, name } = countryLabel(image.country);
      const thumbnail = thumbnailOf(image);
      const about = image.page ? `${name}, ${image.page.path}` : name;
      return html`<li>
        <a href="/admin/pictures/${image.id}" title=${about}>
          ${
            thumbnail
              ? html`<img src=${thumbnail} alt=${about} width="160" height="160" loading="lazy" decoding="async">`
              : html`<span class="no-picture">${icon('eyeOff')}<span>${image.presence === 'pending' ? 'To approve' : 'Hidden'}</span></span>`
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
