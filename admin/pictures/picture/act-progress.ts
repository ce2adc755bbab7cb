import { html, nothing, type TemplateResult } from 'lit';
import type { ImageAct, ImageDetail } from '../../api/api-types.ts';
import { icon } from '../../components/icons.ts';
import { ACT_WORDS, type PictureAct } from '../picture-acts.ts';
import '../../design/progress.css';

/** The act on a picture that many pages show: its progress, and its result if something is left to do. */
export function actProgress(
  { act, presence, shownOn }: ImageDetail,
  repeat: (act: PictureAct) => void,
): TemplateResult | typeof nothing {
  if (act?.state === 'running') return running(act);
  if (act?.state === 'failed') return unfinished(act.reason ?? 'It failed.', () => repeat(act.act));
  if (act && act.pagesBusy > 0) {
    const pages = act.pagesBusy === 1 ? 'A page is' : `${act.pagesBusy} pages are`;
    return unfinished(`${pages} getting a new picture.`, () => repeat(act.act));
  }
  if (presence === 'hidden' && shownOn.length > 0) {
    return unfinished('Pages still show this hidden picture.', () => repeat('hide'));
  }
  return act?.state === 'done' ? finished(act) : nothing;
}

function running({ act, done, total }: ImageAct): TemplateResult {
  return html`<section class="card act-progress" aria-label="Progress">
    <p>
      <b>${ACT_WORDS[act].doing}</b>
      <span class="soft number">${done} of ${total} pages</span>
    </p>
    <progress aria-label="Pages done" max=${Math.max(1, total)} .value=${done}></progress>
  </section>`;
}

function finished({ act, pagesChanged }: ImageAct): TemplateResult {
  const pages = pagesChanged === 1 ? '1 page was' : `${pagesChanged} pages were`;
  return html`<p class="soft act-progress" role="status">
    ${icon('check')} The picture is ${ACT_WORDS[act].done}, and ${pages} changed.
  </p>`;
}

function unfinished(text: string, repeat: () => void): TemplateResult {
  return html`<p class="stale act-progress" role="status">
    ${icon('warning')} <span>${text}</span>
    <button type="button" class="button small" @click=${repeat}>Try again</button>
  </p>`;
}
