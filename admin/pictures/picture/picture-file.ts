import { html, type TemplateResult } from 'lit';
import type { Image } from '../../api/api-types.ts';
import { pictureInApi } from '../picture-paths.ts';
import { pictureSource } from '../picture-source.ts';
import { pictureName } from '../picture-words.ts';

/** Maximum width in CSS pixels. */
const WIDTH = 640;

/** A picture with a link to its original file. */
export function pictureFile(image: Image): TemplateResult {
  const source = pictureSource(image, WIDTH);
  if (!source) return html`<p class="soft">There is no picture.</p>`;
  const picture = html`<img src=${source} alt=${pictureName(image)} decoding="async">`;
  const whole = image.url ?? `/api/admin${pictureInApi(image.id)}/hidden.png`;
  return html`<a href=${whole} target="_blank" rel="noreferrer" title="Open the original file">${picture}</a>`;
}
