import { html, nothing, type TemplateResult } from 'lit';
import type { ApiError } from '../api/api.ts';
import { formatDuration } from '../format/time.ts';
import { type IconName, icon } from './icons.ts';

/** Where there is nothing yet: what would be here, and what one can do. */
export function emptyState(parts: {
  icon?: IconName;
  title: string;
  text: string;
  action?: TemplateResult;
}): TemplateResult {
  return html`<div class="state">
    <span class="state-mark">${icon(parts.icon ?? 'cup')}</span>
    <p class="state-title">${parts.title}</p>
    <p class="state-text">${parts.text}</p>
    ${parts.action ?? nothing}
  </div>`;
}

/** Where something could not be read, and may be tried again. */
export function errorState(error: ApiError, retry: () => void): TemplateResult {
  return html`<div class="state" role="alert">
    <span class="state-mark warn">${icon('warning')}</span>
    <p class="state-title">${titleOf(error)}</p>
    <p class="state-text">${reasonOf(error)}</p>
    <button type="button" class="button" @click=${retry}>${icon('retry')} Try again</button>
  </div>`;
}

/** In one line, beside what was known before. */
export function staleNote(error: ApiError, retry: () => void): TemplateResult {
  return html`<p class="stale" role="status">
    ${icon('warning')} <span>Not up to date: ${reasonOf(error)}</span>
    <button type="button" class="button quiet small" @click=${retry}>Try again</button>
  </p>`;
}

/** Keeps the place of what is being read; `lines` of text by default. */
export function skeleton(label: string, lines = 3): TemplateResult {
  return html`<div class="skeleton" role="status">
    <span class="visually-hidden">${label}</span>
    ${Array.from({ length: lines }, () => html`<span class="bone"></span>`)}
  </div>`;
}

function titleOf({ code }: ApiError): string {
  if (code === 'network') return 'The cafe cannot be reached';
  if (code === 'storage_unavailable') return 'The bucket does not answer';
  return 'That did not work';
}

/** An error for people, with when it is worth trying again. */
export function reasonOf({ code, message, retryAfterSeconds }: ApiError): string {
  if (code === 'network') return 'Check your connection; the cafe itself may also be restarting.';
  const when = retryAfterSeconds
    ? ` Worth another try in ${formatDuration(retryAfterSeconds * 1000)}.`
    : '';
  return message + when;
}
