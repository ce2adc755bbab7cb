import type { Terminal } from './terminal.ts';

/** Keeps the picture's place, caption included, until the script is there; README has the same. */
const STYLES = `cafe-image { display: block; max-width: 32rem; }
cafe-image:not(:defined) { box-sizing: content-box; aspect-ratio: 1; padding-bottom: 1.75em; overflow: hidden; }
cafe-image:not(:defined) img { width: 100%; height: auto; }`;

export interface SnippetOptions {
  /** The cafe's address, without a slash at its end. */
  service: string;
  /** The page's path, such as `/posts/hello/`. */
  path: string;
  type: string;
  /** The origin of the pictures, where it is known. */
  pictures: string | undefined;
  json: boolean;
}

/** Prints what goes into the pages of a blog. */
export function snippet(options: SnippetOptions, terminal: Terminal): void {
  const { json, pictures } = options;
  const parts = partsOf(options);
  if (json) {
    terminal.write(`${JSON.stringify(parts, null, 2)}\n`);
    return;
  }
  terminal.write(`<!-- 1. Into the <head> of every page, once. -->
${parts.script}

<!-- 2. Also there: what is shown where the page is shared. The path is the page's own. -->
${parts.preview}

<!-- 3. Where the picture shall be, again with the page's own path and type:
     index for the home page, article for what is read, archive for further pages of lists. -->
${parts.element}

<!-- 4. Into the blog's stylesheet, so that nothing moves when the script arrives, and the picture fits
     without JavaScript. The width is yours to choose.

${parts.styles}
-->

<!-- Set CORS_ALLOWED_ORIGINS of the cafe to the blog's origin, such as https://blog.example.
     Where the blog sends a Content-Security-Policy, add to it${pictures ? '' : ", and to img-src the pictures' origin"}:
     ${parts.contentSecurityPolicy}
     docs/recipes.md has the same for Astro, Eleventy, Hugo, Ghost and WordPress. -->
`);
}

function partsOf({ service, path, type, pictures }: SnippetOptions) {
  const query = `path=${encodeURIComponent(path)}&amp;type=${type}`;
  const image = `${service}/api/cafe/image?${query}`;
  const origins = new Set([new URL(service).origin, ...(pictures ? [pictures] : [])]);
  const origin = new URL(service).origin;
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
    contentSecurityPolicy: `script-src ${origin}; connect-src ${origin}; img-src ${[...origins].join(' ')}`,
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
