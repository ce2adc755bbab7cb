/**
 * Runs in the browser, in development only: adds the address of the chosen place to every request for a
 * picture, and shows what the service runs on.
 */

interface About {
  store: { kind: string; location: string };
  generator: { kind: string; model: string };
  locator: { kind: string };
  dailyBudget: number;
}

/** In session storage, so that two tabs can be in two countries. */
const VISIT_FROM = 'development: visit from';
/** In local storage: whether the bar is folded. On a small screen it starts folded. */
const FOLDED = 'development: bar is folded';
const BY_ADDRESS = ['country-is', 'mmdb'];

/** Used if the reader's address is this machine's own, which has no country. */
const IS_LOCAL = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);

const address = sessionStorage.getItem(VISIT_FROM) ?? '';
const isSmall = matchMedia('(max-width: 48rem)').matches;
const isFolded = () => (localStorage.getItem(FOLDED) ?? (isSmall ? 'yes' : 'no')) === 'yes';
const plainFetch = window.fetch;

window.fetch = (input, init) => {
  const request = new Request(input, init);
  if (address && new URL(request.url).pathname === '/api/cafe/generate') {
    request.headers.set('X-Real-IP', address);
  }
  return plainFetch(request);
};

document.documentElement.toggleAttribute('data-bar-folded', isFolded());
document.addEventListener('DOMContentLoaded', () => {
  const bar = document.querySelector('.development-bar');
  const fold = bar?.querySelector('button');
  const select = bar?.querySelector('select');
  if (!bar || !fold || !select) throw new Error('The development bar is not in this page.');

  fold.ariaExpanded = String(!isFolded());
  fold.addEventListener('click', () => {
    localStorage.setItem(FOLDED, isFolded() ? 'no' : 'yes');
    document.documentElement.toggleAttribute('data-bar-folded', isFolded());
    fold.ariaExpanded = String(!isFolded());
  });

  select.value = address;
  const own = IS_LOCAL ? 'localhost has no country: pick one' : 'your own address';
  note(bar, address ? `X-Real-IP: ${address}` : own);
  select.addEventListener('change', () => {
    // The element keeps a page's picture for the session; after a change of country it must ask again.
    sessionStorage.clear();
    sessionStorage.setItem(VISIT_FROM, select.value);
    location.reload();
  });
  showAbout(bar);
});

async function showAbout(bar: Element): Promise<void> {
  const about: About | undefined = await plainFetch('/api/cafe/about').then(
    (response) => (response.ok ? response.json() : undefined),
    () => undefined,
  );
  const values: Record<string, string> = about
    ? {
        store: `${about.store.kind}, ${about.store.location}`,
        generator: [...new Set([about.generator.kind, about.generator.model])].join(', '),
        locator: about.locator.kind,
        budget: `${about.dailyBudget} a day`,
      }
    : {};
  for (const element of bar.querySelectorAll<HTMLElement>('[data-of]')) {
    element.textContent = values[element.dataset.of ?? ''] ?? 'no answer';
  }
  if (about && !BY_ADDRESS.includes(about.locator.kind)) {
    note(bar, `GEO_LOCATOR=${about.locator.kind} looks at no address`);
  }
}

function note(bar: Element, text: string): void {
  const element = bar.querySelector('.note');
  if (element) element.textContent = text;
}
