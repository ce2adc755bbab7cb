import { html, nothing, type TemplateResult } from 'lit';
import type { ImageDetail } from '../../api/api-types.ts';
import { deliberate } from '../../components/deliberate.ts';
import { icon } from '../../components/icons.ts';
import { canBe, type PictureAct } from '../picture-acts.ts';

export interface PictureActionsParts {
  image: ImageDetail;
  /** Whether the confirmation of a deletion is shown. */
  isDeleting: boolean;
  /** Whether an act is in progress. */
  isBusy: boolean;
  act(act: PictureAct): void;
  askToDelete(asked: boolean): void;
  pin(): void;
}

/** The buttons for one picture; nothing if it does not exist. */
export function pictureActions(parts: PictureActionsParts): TemplateResult | typeof nothing {
  const { image, isDeleting, isBusy, act, askToDelete, pin } = parts;
  if (image.presence === 'absent') return nothing;
  if (isDeleting) return confirmation(parts);
  const button = (what: PictureAct, label: string, sign: 'check' | 'eye' | 'eyeOff', extra = '') =>
    canBe(image, what)
      ? html`<button
          type="button"
          class="button act ${extra}"
          ?disabled=${isBusy}
          @click=${() => act(what)}
        >${icon(sign)} ${label}</button>`
      : nothing;
  return html`<div class="picture-actions">
    ${button('approve', 'Approve', 'check', 'primary')}
    ${button('hide', image.presence === 'pending' ? 'Reject' : 'Hide', 'eyeOff')}
    ${button('restore', 'Restore', 'eye', 'primary')}
    <button type="button" class="button" ?disabled=${image.presence !== 'visible'} @click=${pin}>
      ${icon('pin')} Pin to a page…
    </button>
    <button type="button" class="button danger delete" @click=${() => askToDelete(true)}>
      ${icon('trash')} Delete…
    </button>
  </div>`;
}

function confirmation({ act, askToDelete }: PictureActionsParts): TemplateResult {
  return html`<div class="picture-actions" role="alert">
    <p>Delete it permanently? You cannot undo this. Its cost still counts.</p>
    <button type="button" class="button keep" @click=${deliberate(() => askToDelete(false))}>
      Keep
    </button>
    <button type="button" class="button danger" @click=${deliberate(() => act('delete'))}>
      ${icon('trash')} Delete permanently
    </button>
  </div>`;
}
