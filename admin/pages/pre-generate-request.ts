import type { PageType } from '../api/api-types.ts';

/** The body of a pre-generation request. */
export interface PreGenerateRequest {
  source: 'sitemap' | 'pages';
  pages?: { type: PageType; path: string }[];
  countries: (string | null)[];
  most: number;
}

/** Parses one path or URL per line. */
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

/** The element's default type for a path. */
function pageTypeAt(path: string): PageType {
  if (/^\/(index\.html)?$/.test(path)) return 'index';
  return /^\/page\/\d+(\/|$)/.test(path) ? 'archive' : 'article';
}
