import { html, nothing, type TemplateResult } from 'lit';
import type { Image } from '../api/api-types.ts';
import { deliberate } from '../components/deliberate.ts';
import { type IconName, icon } from '../components/icons.ts';
import { ACT_WORDS, type ActProgress, canBe, type PictureAct } from './picture-acts.ts';
import '../design/progress.css';

export interface SelectionBarParts {
  images: readonly Image[];
  progress: ActProgress | undefined;
  /** Whether the confirmation of a deletion is shown. */
  isDeleting: boolean;
  act(act: PictureAct): void;
  askToDelete(asked: boolean): void;
  clear(): void;
  stop(): void;
}

const BUTTONS: readonly { act: PictureAct; label: string; sign: IconName }[] = [
  { act: 'approve', label: 'Approve', sign: 'check' },
  { act: 'hide', label: 'Hide', sign: 'eyeOff' },
  { act: 'restore', label: 'Restore', sign: 'eye' },
];

/** The acts for the selected pictures; nothing if none is selected. */
export function selectionBar(parts: SelectionBarParts): TemplateResult | typeof nothing {
  if (parts.images.length === 0 && !parts.progress) return nothing;
  const pressed = ({ key }: KeyboardEvent) => {
    if (key === 'Escape' && parts.isDeleting) parts.askToDelete(false);
  };
  return html`<section class="selection-bar" aria-label="Selection" @keydown=${pressed}>
    ${parts.progress ? progressLine(parts.progress, parts.stop) : choices(parts)}
  </section>`;
}

function choices(parts: SelectionBarParts): TemplateResult {
  const { images, isDeleting } = parts;
  if (isDeleting) return confirmation(parts);
  const areAllPending = images.every(({ presence }) => presence === 'pending');
  const buttons = BUTTONS.filter(({ act }) => images.some((image) => canBe(image, act)));
  return html`
    <p class="selection-count" role="status"><b class="number">${images.length}</b> selected</p>
    ${buttons.map(
      ({ act, label, sign }) => html`<button
        type="button"
        class="button small"
        @click=${() => parts.act(act)}
      >${icon(sign)} ${act === 'hide' && areAllPending ? 'Reject' : label}</button>`,
    )}
    ${
      images.some((image) => canBe(image, 'delete'))
        ? html`<button
            type="button"
            class="button small danger delete"
            @click=${() => parts.askToDelete(true)}
          >Delete…</button>`
        : nothing
    }
    <button
      type="button"
      class="button quiet small bare"
      aria-label="Clear the selection"
      @click=${parts.clear}
    >${icon('close')}</button>
  `;
}

function confirmation({ images, act, askToDelete }: SelectionBarParts): TemplateResult {
  const what = images.length === 1 ? 'the picture' : `${images.length} pictures`;
  return html`
    <p class="selection-count" role="alert">Delete ${what} permanently? You cannot undo this.</p>
    <button
      type="button"
      class="button small keep"
      @click=${deliberate(() => askToDelete(false))}
    >Keep</button>
    <button type="button" class="button small danger" @click=${deliberate(() => act('delete'))}>
      Delete permanently
    </button>
  `;
}

function progressLine({ act, done, total }: ActProgress, stop: () => void): TemplateResult {
  return html`
    <label class="selection-count">
      ${ACT_WORDS[act].doing} <span class="number">${done} of ${total}</span>
      <progress max=${total} .value=${done}></progress>
    </label>
    <button type="button" class="button small" @click=${stop}>Stop</button>
  `;
}
