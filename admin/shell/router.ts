/** The base path of the admin. */
export const BASE = '/admin/';

export interface Route {
  /** Name in the navigation, and title of the tab. */
  title: string;
  /** The view's element. */
  tag: string;
  /** Loads the code that defines the element. */
  load(): Promise<unknown>;
  /** Parameters of the path, unescaped, such as `id`. */
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
}

/** An entry of the routing table. */
export interface Entry {
  /** Matches a path below {@link BASE}; its named groups are the route's parameters. */
  pattern: RegExp;
  title: string;
  tag: string;
  load(): Promise<unknown>;
}

/**
 * A router based on the browser's history. It follows links below {@link BASE} without loading the page.
 *
 * @fires change - the route or its query has changed
 */
export class Router extends EventTarget {
  readonly #entries: readonly Entry[];
  #route: Route | undefined;

  constructor(entries: readonly Entry[]) {
    super();
    this.#entries = entries;
    this.#route = routeAt(location.href, entries);
    addEventListener('popstate', () => this.#arrive());
    document.addEventListener('click', (event) => this.#follow(event));
  }

  /** The current route; `undefined` if no entry matches. */
  get route(): Route | undefined {
    return this.#route;
  }

  /**
   * Navigates to a path.
   *
   * @param to a path below {@link BASE} with its query, such as `pictures?country=FR`
   * @param options.replace adds no history entry, such as while a filter is typed
   */
  go(to: string, { replace = false } = {}): void {
    history[replace ? 'replaceState' : 'pushState'](null, '', BASE + to);
    this.#arrive();
    if (!replace) scrollTo(0, 0);
  }

  #arrive(): void {
    this.#route = routeAt(location.href, this.#entries);
    this.dispatchEvent(new Event('change'));
  }

  #follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element).closest?.<HTMLAnchorElement>('a[href]');
    if (!link || link.origin !== location.origin || !link.pathname.startsWith(BASE)) return;
    if (link.target || link.hasAttribute('download') || link.getAttribute('href')?.startsWith('#'))
      return;
    event.preventDefault();
    this.go(link.pathname.slice(BASE.length) + link.search);
  }
}

function routeAt(href: string, entries: readonly Entry[]): Route | undefined {
  const { pathname, searchParams } = new URL(href);
  if (!pathname.startsWith(BASE)) return undefined;
  for (const { pattern, ...entry } of entries) {
    const match = pattern.exec(pathname.slice(BASE.length));
    if (!match) continue;
    const params = Object.entries(match.groups ?? {}).map(([name, value]) => [
      name,
      unescaped(value),
    ]);
    return { ...entry, params: Object.fromEntries(params), query: searchParams };
  }
  return undefined;
}

/** Returns invalid escape sequences unchanged. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
