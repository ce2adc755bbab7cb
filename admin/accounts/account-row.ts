import { html, type TemplateResult } from 'lit';
import type { PresentedAccount } from '../../src/app/http/admin/accounts/schemas.ts';
import { formatDollars } from '../format/money.ts';
import { accountView } from './account-path.ts';

export function accountRow(account: PresentedAccount): TemplateResult {
  return html`<li class="account-row">
    <a class="account-name" href="/admin/${accountView(account.id)}">${account.id}</a>
    ${accountFigures(account)}
  </li>`;
}

export function accountFigures(account: PresentedAccount): TemplateResult {
  const { usableKeys, lastUsedAt, dollars } = account;
  return html`<dl class="figures number">
    <div><dt>Usable keys</dt><dd>${usableKeys}</dd></div>
    <div><dt>Spent today</dt><dd>${formatDollars(dollars.today)}</dd></div>
    <div><dt>Spent this month</dt><dd>${formatDollars(dollars.month)}</dd></div>
    <div><dt>Keys last used</dt><dd>${whenOr(lastUsedAt, 'Never')}</dd></div>
  </dl>`;
}

/** A relative time, or words if there is none. */
export function whenOr(at: string | null, words: string): TemplateResult {
  return at === null ? html`${words}` : html`<cafe-admin-time at=${at}></cafe-admin-time>`;
}
