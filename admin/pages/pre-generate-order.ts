import type { PageType } from '../api/api-types.ts';

/** What is to be warmed, as the API takes it. */
export interface PreGenerateOrder {
  source: 'sitemap' | 'pages';
  pages?: { type: PageType; path: string }[];
  countries: (string | null)[];
  most: number;
}

/** One path in each line, as it stands in the browser's address bar, or the whole address. */
export function pagesIn(text: string): { type: PageType; path: string }[] {
  const paths = text
    .split('\n')
    .map((line) => pathIn(line.trim()))
    .filter((path) => path !== '');
  return [...new Set(paths)].map((path) => ({ type: pageTypeAt(path), path }));
}

function pathIn(line: string): string {
  if (line === '' || line.startsWith('/')) return line;
  const url = /^https?:/.test(line) ? URL.parse(line) : null;
  return url ? url.pathname : `/${line}`;
}

/** As the element takes it for granted where a page does not say. */
function pageTypeAt(path: string): PageType {
  if (/^\/(index\.html)?$/.test(path)) return 'index';
  return /^\/page\/\d+(\/|$)/.test(path) ? 'archive' : 'article';
}
