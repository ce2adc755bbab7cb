import { CAFE_SCRIPT, CARD_ALT, type CafePage, cafeImage, cardUrl } from './cafe-embed.ts';
import { DEVELOPMENT_BAR, DEVELOPMENT_HEAD } from './development/bar-markup.ts';
import { type Markup, markup } from './markup.ts';
import { BLOG, type Site } from './site.ts';

/** The parts of a page. */
export interface PageContent {
  /** Without the blog's name; the home page has none. */
  title?: string;
  description: string;
  /** The date of publication, for articles. */
  published?: Date;
  /** The page's path and type. Without it, search engines do not list the page either. */
  page?: CafePage;
  /** Above the picture on a narrow screen, beside it on a wide one. */
  opening: Markup;
  rest?: Markup;
}

/** A whole page: head, masthead, the content beside its picture, and footer. */
export function pageShell(content: PageContent, site: Site): string {
  const { title, page, opening, rest } = content;
  return markup`<!doctype html>
<html lang="${BLOG.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title === undefined ? `${BLOG.name}: ${BLOG.about}` : `${title} · ${BLOG.name}`}</title>
<meta name="description" content="${content.description}">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#f6f8fc" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#0f1526" media="(prefers-color-scheme: dark)">
${fontsOf(page).map((font) => markup`<link rel="preload" href="/fonts/${font}.woff2" as="font" type="font/woff2" crossorigin>`)}
<link rel="stylesheet" href="/css/blog.css">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="alternate" href="/feed.rss" type="application/rss+xml" title="${BLOG.name}">
${page ? preview(content, page, site) : markup`<meta name="robots" content="noindex">`}
${site.development ? DEVELOPMENT_HEAD : undefined}
${page ? CAFE_SCRIPT : undefined}
</head>
<body>
<a class="skip" href="#content">Skip to the text</a>
<header class="masthead">
<a class="sign" href="/"${current(page?.type === 'index')}>${BLOG.name}</a>
<nav class="ways" aria-label="Blog">
<a href="/page/2/index.html"${current(page?.type === 'archive')}>Archive</a>
<a href="/feed.rss">Feed</a>
</nav>
</header>
<main id="content" class="${page?.type ?? 'lost'}" tabindex="-1">
<div class="opening">
${opening}
</div>
${page ? markup`<div class="plate">${cafeImage(page, site)}</div>` : undefined}
${rest ? markup`<div class="rest">${rest}</div>` : undefined}
</main>
<footer class="colophon">
<p>${BLOG.name} is written by ${BLOG.author}, who is made up. It is the demo blog of <strong>bytesized-cafe</strong>, which gives every page a picture: a dish popular where you are, made by an image generator.</p>
<p><a href="/posts/your-lunch-is-not-my-lunch/index.html">Why you see the dish you see</a></p>
</footer>
${site.development ? DEVELOPMENT_BAR : undefined}
</body>
</html>
`.toString();
}

/** A date in English, such as 15 November 2026. */
export function dayInWords(day: Date): Markup {
  const words = day.toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
  return markup`<time datetime="${day.toISOString().slice(0, 10)}">${words}</time>`;
}

/** Preloads what every page needs: a font that arrives after the text is not used. */
function fontsOf(page: CafePage | undefined): string[] {
  const everywhere = ['bricolage-grotesque', 'newsreader'];
  return page?.type === 'article'
    ? [...everywhere, 'newsreader-italic', 'newsreader-semibold']
    : everywhere;
}

function preview(content: PageContent, page: CafePage, site: Site): Markup {
  const title = content.title ?? BLOG.name;
  const url = site.url + page.path;
  const card = cardUrl(page, site.api);
  return markup`<link rel="canonical" href="${url}">
<meta property="og:site_name" content="${BLOG.name}">
<meta property="og:type" content="${page.type === 'article' ? 'article' : 'website'}">
<meta property="og:locale" content="${BLOG.language.replace('-', '_')}">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${content.description}">
<meta property="og:url" content="${url}">
<meta property="og:image" content="${card}">
<meta property="og:image:type" content="image/jpeg">
<meta property="og:image:width" content="1200">
<meta property="og:image:height" content="630">
<meta property="og:image:alt" content="${CARD_ALT}">
<meta name="twitter:card" content="summary_large_image">
<meta name="twitter:title" content="${title}">
<meta name="twitter:description" content="${content.description}">
<meta name="twitter:image" content="${card}">
<meta name="twitter:image:alt" content="${CARD_ALT}">
${content.published ? markup`<meta property="article:published_time" content="${content.published.toISOString()}">` : undefined}`;
}

function current(isCurrent: boolean): Markup | undefined {
  return isCurrent ? markup` aria-current="page"` : undefined;
}
