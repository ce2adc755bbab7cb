import { html, nothing, type TemplateResult } from 'lit';
import type { PreGenerationJob } from '../api/api-types.ts';
import { icon } from '../components/icons.ts';
import { formatDollars } from '../format/money.ts';
import '../design/progress.css';

const STATE_WORDS: Readonly<Record<PreGenerationJob['state'], string>> = {
  running: 'Pre-generating pictures',
  done: 'Finished',
  stopped: 'Stopped',
  failed: 'Failed',
};

/** The progress or the result of a job. */
export function preGenerateProgress(
  job: PreGenerationJob,
  { stop, isStopping, close }: { stop: () => void; isStopping: boolean; close: () => void },
): TemplateResult {
  const isRunning = job.state === 'running';
  return html`<div class="pre-generate-progress">
    <p class="pre-generate-title">
      <b>${STATE_WORDS[job.state]}</b>
      <span class="soft number">${job.done} of ${job.total}</span>
      ${
        isRunning
          ? html`<button type="button" class="button small" ?disabled=${isStopping} @click=${stop}>
              ${isStopping ? 'Stopping…' : 'Stop'}
            </button>`
          : html`<button type="button" class="button small" @click=${close}>New job</button>`
      }
    </p>
    <progress aria-label="Pages done" max=${Math.max(1, job.total)} .value=${job.done}></progress>
    ${counts(job)}
    ${job.reason ? html`<p role="status">${icon('warning')} ${job.reason}</p>` : nothing}
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
    ['Already had a picture', String(there)],
    ['Without budget', String(fellBack)],
    ['Failed', String(failed)],
  ];
  return html`<dl class="pre-generate-counts">
    ${figures.map(([name, value]) => html`<div><dt>${name}</dt><dd class="number">${value}</dd></div>`)}
  </dl>`;
}
