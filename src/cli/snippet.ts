import { blogSnippet, type SnippetPage } from '../app/blog-snippet.ts';
import type { Terminal } from './terminal.ts';

export function snippet(page: SnippetPage, json: boolean, terminal: Terminal): void {
  const parts = blogSnippet(page);
  if (json) {
    terminal.write(`${JSON.stringify(parts, null, 2)}\n`);
    return;
  }
  terminal.write(`<!-- 1. In the <head> of every page, once. -->
${parts.script}

<!-- 2. Also in the <head>: the preview image of a shared page. Use each page's own path and type. -->
${parts.preview}

<!-- 3. Where the picture should appear, again with the page's own path and type:
     index for the home page, article for articles, archive for further pages of lists. -->
${parts.element}

<!-- 4. In the blog's stylesheet. It reserves the space, so that the page does not move when the script
     loads. Change the width as you like.

${parts.styles}
-->

<!-- Set CORS_ALLOWED_ORIGINS of the service to the blog's origin, such as https://blog.example.
     If the blog sends a Content-Security-Policy, add${page.pictures ? '' : " the pictures' origin to img-src, and"}:
     ${parts.contentSecurityPolicy}
     For Astro, Eleventy, Hugo, Ghost and WordPress, see docs/recipes.md. -->
`);
}
