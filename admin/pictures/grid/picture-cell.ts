import { html, nothing, type TemplateResult } from 'lit';
import type { Image } from '../../api/api-types.ts';
import { icon } from '../../components/icons.ts';
import { pictureSource } from '../picture-source.ts';
import { CONDITION_WORDS, conditionOf, pictureName } from '../picture-words.ts';

export interface CellState {
  /** From zero. */
  column: number;
  /** CSS pixels. */
  side: number;
  isActive: boolean;
  /** `undefined` if selecting is disabled. */
  isSelected: boolean | undefined;
  /** URL of the picture's view. */
  href: string;
  /** While scrolling fast, the picture is not loaded. */
  isRushing: boolean;
}

const NONE = html`<span class="cell-none">${icon('warning')}</span>`;
const TONES = { refused: 'bad', unknown: 'bad', pending: 'warn', underway: 'warn' } as const;

export function pictureCell(image: Image, cell: CellState): TemplateResult {
  const condition = conditionOf(image);
  const { isSelected } = cell;
  return html`<div
    class="cell ${condition} ${isSelected ? 'selected' : ''}"
    role="gridcell"
    aria-colindex=${cell.column + 1}
    aria-label=${pictureName(image)}
    aria-selected=${isSelected === undefined ? nothing : String(isSelected)}
    tabindex=${cell.isActive ? 0 : -1}
    data-id=${image.id}
  >
    <a href=${cell.href} tabindex="-1" draggable="false" aria-label="Open">
      ${cell.isRushing ? nothing : picture(image, cell.side)}
      <span class="cell-country" aria-hidden="true">${image.country ?? '?'}</span>
      ${
        condition === 'visible'
          ? nothing
          : html`<span class="badge ${condition in TONES ? TONES[condition as keyof typeof TONES] : ''}">
              ${CONDITION_WORDS[condition]}
            </span>`
      }
      <span class="cell-caption" aria-hidden="true">${image.page?.path ?? image.day}</span>
    </a>
    ${
      isSelected === undefined
        ? nothing
        : html`<button
            type="button"
            class="cell-check"
            tabindex="-1"
            aria-pressed=${String(isSelected)}
            aria-label="Select"
          >${icon('check')}</button>`
    }
  </div>`;
}

/** A placeholder for a picture that is loading. */
export function awaitedCell(column: number): TemplateResult {
  return html`<div class="cell awaited" role="gridcell" aria-colindex=${column + 1}></div>`;
}

function picture(image: Image, side: number): TemplateResult | typeof nothing {
  const source = pictureSource(image, side);
  if (!source) return image.presence === 'absent' ? NONE : nothing;
  return html`<img src=${source} alt="" loading="lazy" decoding="async" draggable="false" @error=${fade}>`;
}

/** Hides a picture whose file is deleted. Its caption stays. */
function fade({ target }: Event): void {
  (target as HTMLImageElement).hidden = true;
}
