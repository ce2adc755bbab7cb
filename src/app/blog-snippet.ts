import type { PageType } from '../domain/pages/page.ts';

/**
 * Reserves the element's space until its script runs, so that the page does not shift: a plate and
 * two caption lines. If the script fails to load, the plate stays; without JavaScript, the image
 * fills it.
 */
const STYLES = `cafe-image { --cafe-image-width: 32rem; }
cafe-image:not(:defined) { display: grid; grid: auto 3em / minmax(8rem, var(--cafe-image-width)); grid-auto-rows: 0; max-width: var(--cafe-image-width); contain: layout; overflow: clip; }
cafe-image:not(:defined)::before { content: ""; aspect-ratio: 1; background: radial-gradient(closest-side, #8884 62%, #8882 64%); }
cafe-image:not(:defined) :is(noscript, img) { grid-area: 1 / 1; width: 100%; height: auto; }`;

/** The example page of each type. */
const EXAMPLES: Readonly<Record<PageType, string>> = {
  index: '/',
  article: '/posts/hello/',
  archive: '/page/2/index.html',
};

/** The lines to add to a blog. */
export interface BlogSnippet {
  script: string;
  preview: string;
  element: string;
  styles: string;
  contentSecurityPolicy: string;
}

export interface SnippetPage {
  /** The service's URL, without a trailing slash. */
  service: string;
  type: PageType;
  /** The page's path; default: an example. */
  path?: string | undefined;
  /** The images' origin, if known. */
  pictures?: string | undefined;
}

/**
 * The single source of the snippet that README.md, the docs, the command line and the admin show.
 */
export function blogSnippet({
  service,
  type,
  path = EXAMPLES[type],
  pictures,
}: SnippetPage): BlogSnippet {
  const query = `path=${encodeURIComponent(path)}&amp;type=${type}`;
  const image = `${service}/api/cafe/image?${query}`;
  const { origin } = new URL(service);
  const imageOrigins = new Set([origin, pictures ?? origin]);
  return {
    script: `<script type="module" src="${service}/bytesized-cafe-app/cafe-image.js"></script>`,
    preview: [
      `<meta property="og:image" content="${image}&amp;rendition=card">`,
      '<meta property="og:image:width" content="1200">',
      '<meta property="og:image:height" content="630">',
      '<meta name="twitter:card" content="summary_large_image">',
    ].join('\n'),
    element: [
      `<cafe-image page-path="${escaped(path)}" page-type="${type}" caption>`,
      `  <noscript><img src="${image}" alt=""></noscript>`,
      '</cafe-image>',
    ].join('\n'),
    styles: STYLES,
    contentSecurityPolicy: `script-src ${origin}; connect-src ${origin}; img-src ${[...imageOrigins].join(' ')}`,
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
