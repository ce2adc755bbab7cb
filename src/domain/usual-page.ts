import { CafeError } from './errors.ts';
import { type Page, type PageType, pageAt } from './page.ts';

/** Each page once, in the order in which they are listed; what can be no page is left out. */
export function pagesAt(paths: readonly string[]): Page[] {
  const pages = new Map<string, Page>();
  for (const each of paths) {
    const page = usualPageAt(each);
    if (page && !pages.has(page.path)) pages.set(page.path, page);
  }
  return [...pages.values()];
}

/**
 * The page at a path, of the type that the element takes it for where its author does not say;
 * `undefined` for what can be no page.
 */
export function usualPageAt(path: string): Page | undefined {
  try {
    const page = pageAt(path, 'article');
    return { ...page, type: usualType(page) };
  } catch (error) {
    if (error instanceof CafeError) return undefined;
    throw error;
  }
}

function usualType({ path }: Page): PageType {
  if (path === '/') return 'index';
  return /^\/page\/\d+(\/|$)/.test(path) ? 'archive' : 'article';
}
