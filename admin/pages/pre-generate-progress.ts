import { html, nothing, type TemplateResult } from 'lit';
import type { PreGenerationJob } from '../api/api-types.ts';
import { icon } from '../components/icons.ts';
import { formatDollars } from '../format/money.ts';
import '../design/progress.css';

const STATE_WORDS: Readonly<Record<PreGenerationJob['state'], string>> = {
  running: 'PreGeneration pages',
  done: 'All pages are warm',
  stopped: 'Stopped',
  failed: 'It could not go on',
};

/** How far a warming is, or what came of it. */
export function preGenerateProgress(
  job: PreGenerationJob,
  { stop, isStopping, close }: { stop: () => void; isStopping: boolean; close: () => void },
): TemplateResult {
  const isRunning = job.state === 'running';
  return html`<div class="warm-progress">
    <p class="warm-title">
      <b>${STATE_WORDS[job.state]}</b>
      <span class="soft number">${job.done} of ${job.total}</span>
      ${
        isRunning
          ? html`<button type="button" class="button small" ?disabled=${isStopping} @click=${stop}>
              ${isStopping ? 'Stopping…' : 'Stop'}
            </button>`
          : html`<button type="button" class="button small" @click=${close}>Warm others</button>`
      }
    </p>
    <progress aria-label="Pages warmed" max=${Math.max(1, job.total)} .value=${job.done}></progress>
    ${job.reason ? html`<p role="status">${icon('warning')} ${job.reason}</p>` : nothing}
    ${counts(job)}
  </div>`;
}

function counts({
  bought,
  most,
  spentMicroUsd,
  there,
  fellBack,
  failed,
}: PreGenerationJob): TemplateResult {
  const figures: [string, string][] = [
    ['Bought', `${bought} of at most ${most}`],
    ['Spent', formatDollars(spentMicroUsd / 1e6)],
    ['Had one already', String(there)],
    ['Got none, no budget', String(fellBack)],
    ['Failed', String(failed)],
  ];
  return html`<dl class="warm-counts">
    ${figures.map(([name, value]) => html`<div><dt>${name}</dt><dd class="number">${value}</dd></div>`)}
  </dl>`;
}
