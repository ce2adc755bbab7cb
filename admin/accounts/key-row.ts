import { html, nothing, type TemplateResult } from 'lit';
import type { PresentedKey } from '../../src/app/http/v1/api-key.ts';
import { formatMoment } from '../format/time.ts';
import { whenOr } from './account-row.ts';
import { SCOPE_WORDS, stateOf } from './key-words.ts';

export function keyRow(key: PresentedKey, revoke: (key: PresentedKey) => void): TemplateResult {
  const { word, tone, isUsable } = stateOf(key);
  const { name, prefix, lastFour, scopes, createdAt, expiresAt, lastUsedAt } = key;
  const labels = SCOPE_WORDS.filter(({ scope }) => scopes.includes(scope));
  return html`<li class="key-row ${isUsable ? '' : 'unusable'}">
    <div class="key-head">
      <h3>${name}</h3>
      <span class="badge ${tone}">${word}</span>
    </div>
    <p class="key-parts">
      <code aria-label="Begins with ${prefix} and ends with ${lastFour}">${prefix}…${lastFour}</code>
      ${labels.map(({ label }) => html`<span class="badge">${label}</span>`)}
    </p>
    <dl class="figures">
      <div><dt>Created</dt><dd>${formatMoment(createdAt)}</dd></div>
      <div><dt>Expires</dt><dd>${expiresAt === null ? 'Never' : formatMoment(expiresAt)}</dd></div>
      <div><dt>Last used</dt><dd>${whenOr(lastUsedAt, 'Never')}</dd></div>
    </dl>
    ${
      isUsable
        ? html`<button
            type="button"
            class="button small danger"
            aria-label="Revoke the key ${name}, ${prefix}…${lastFour}"
            @click=${() => revoke(key)}
          >Revoke…</button>`
        : nothing
    }
  </li>`;
}
