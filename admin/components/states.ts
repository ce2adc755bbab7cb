import { html, nothing, type TemplateResult } from 'lit';
import type { ApiError } from '../api/api.ts';
import { formatDuration } from '../format/time.ts';
import { type IconName, icon } from './icons.ts';

/** Shown in place of an empty list: what would be here, and what to do. */
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

/** Shown if data could not be loaded, with a button to retry. */
export function errorState(error: ApiError, retry: () => void): TemplateResult {
  return html`<div class="state" role="alert">
    <span class="state-mark warn">${icon('warning')}</span>
    <p class="state-title">${titleOf(error)}</p>
    <p class="state-text">${reasonOf(error)}</p>
    <button type="button" class="button" @click=${retry}>${icon('retry')} Try again</button>
  </div>`;
}

/** Shown above data that could not be refreshed. */
export function staleNote(error: ApiError, retry: () => void): TemplateResult {
  return html`<p class="stale" role="status">
    ${icon('warning')} <span>Not up to date: ${reasonOf(error)}</span>
    <button type="button" class="button quiet small" @click=${retry}>Try again</button>
  </p>`;
}

/** A placeholder while data is loaded. */
export function skeleton(label: string, lines = 3): TemplateResult {
  return html`<div class="skeleton" role="status">
    <span class="visually-hidden">${label}</span>
    ${Array.from({ length: lines }, () => html`<span class="bone"></span>`)}
  </div>`;
}

function titleOf({ code }: ApiError): string {
  if (code === 'network') return 'The service is not reachable';
  if (code === 'storage_unavailable') return 'The image store does not respond';
  if (code === 'database_unavailable') return 'The database does not respond';
  return 'Something went wrong';
}

/** An error as text, with the time of the next attempt. */
export function reasonOf({ code, message, retryAfterSeconds }: ApiError): string {
  if (code === 'network') return 'Check your connection. The service may also be restarting.';
  const when = retryAfterSeconds
    ? ` Try again in ${formatDuration(retryAfterSeconds * 1000)}.`
    : '';
  return message + when;
}
