import { html, nothing, type TemplateResult } from 'lit';
import type { Connection } from '../api/changes.ts';
import { type IconName, icon } from '../components/icons.ts';

interface Place {
  href: string;
  name: string;
  icon: IconName;
  /** The elements of its views. */
  tags: readonly string[];
  /** Only there with an API with accounts. */
  isOfAccounts?: boolean;
}

const PLACES: readonly Place[] = [
  { href: '/admin/', name: 'Overview', icon: 'overview', tags: ['cafe-admin-overview'] },
  {
    href: '/admin/pictures',
    name: 'Pictures',
    icon: 'pictures',
    tags: ['cafe-admin-pictures', 'cafe-admin-picture'],
  },
  { href: '/admin/pages', name: 'Pages', icon: 'pages', tags: ['cafe-admin-pages'] },
  {
    href: '/admin/accounts',
    name: 'Accounts',
    icon: 'accounts',
    tags: ['cafe-admin-accounts', 'cafe-admin-account'],
    isOfAccounts: true,
  },
  { href: '/admin/activity', name: 'Activity', icon: 'activity', tags: ['cafe-admin-activity'] },
  { href: '/admin/settings', name: 'Settings', icon: 'settings', tags: ['cafe-admin-settings'] },
];

const CONNECTION: Readonly<Record<Connection, string>> = {
  connecting: 'Connecting…',
  online: 'Live',
  offline: 'Offline',
  blocked: 'No live updates',
};

/** @param hasAccounts whether the service has an API with accounts */
export function navigation(shown: string | undefined, hasAccounts: boolean): TemplateResult {
  const places = PLACES.filter(({ isOfAccounts }) => hasAccounts || !isOfAccounts);
  return html`<nav aria-label="Admin">
    ${places.map(
      ({ href, name, icon: sign, tags }) => html`<a
        href=${href}
        aria-current=${shown && tags.includes(shown) ? 'page' : 'false'}
      >${icon(sign)}<span>${name}</span></a>`,
    )}
  </nav>`;
}

export function connectionSign(state: Connection): TemplateResult {
  return html`<p class="connection ${state}" role="status">
    <span class="dot" aria-hidden="true"></span><span>${CONNECTION[state]}</span>
  </p>`;
}

/** Warnings that concern every view. */
export function notices(isPaused: boolean, state: Connection, resume: () => void): TemplateResult {
  return html`<div class="notices">
    ${
      state === 'offline'
        ? html`<section class="notice" aria-label="Offline">
            <p>${icon('warning')} <span><b>Offline.</b> What you see may be out of date.</span></p>
          </section>`
        : nothing
    }
    ${
      state === 'blocked'
        ? html`<section class="notice" aria-label="No live updates">
            <p>${icon('warning')} <span><b>No live updates.</b> A proxy between this browser and the
              service blocks them. Reload the page to see changes.</span></p>
          </section>`
        : nothing
    }
    ${
      isPaused
        ? html`<section class="notice" aria-label="Paused">
            <p>${icon('pause')} <span><b>Paused.</b> No pictures are bought.</span></p>
            <button type="button" class="button small" @click=${resume}>
              ${icon('play')} Resume
            </button>
          </section>`
        : nothing
    }
  </div>`;
}

export function signOutButton(signOut: () => void): TemplateResult {
  return html`<button type="button" class="button quiet sign-out" @click=${signOut}>
    ${icon('signOut')}<span>Sign out</span>
  </button>`;
}
