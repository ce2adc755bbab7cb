/** Where the admin page is. */
export const BASE = '/admin/';

export interface Route {
  /** What the navigation calls it, and the title of the tab. */
  title: string;
  /** The view's element. */
  tag: string;
  /** Defines the element. */
  load(): Promise<unknown>;
  /** Parameters of the path, unescaped, such as `id`. */
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
}

/** A way that the page knows, and what is there. */
export interface Entry {
  /** Of a path behind {@link BASE}; its named groups are the route's parameters. */
  pattern: RegExp;
  title: string;
  tag: string;
  load(): Promise<unknown>;
}

/**
 * The page's routes, over the browser's history. Links within {@link BASE} are followed without
 * loading the document.
 *
 * @fires change - there is another route, or another query
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

  /** Where one is; `undefined` where there is nothing. */
  get route(): Route | undefined {
    return this.#route;
  }

  /**
   * Goes somewhere else.
   *
   * @param to a path behind {@link BASE}, with its query, such as `pictures?country=FR`
   * @param options.replace without an entry in the history, such as for a filter that is being typed
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

/** As it stands where it is not escaped properly. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
