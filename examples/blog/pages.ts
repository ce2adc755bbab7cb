import type { CafePage } from './cafe-embed.ts';
import { type Markup, markup } from './markup.ts';
import { dayInWords, pageShell } from './page-shell.ts';
import type { Post } from './post.ts';
import { BLOG, type Site } from './site.ts';

/** The articles on one page of the list. The first page is the home page. */
export interface ListPage {
  posts: readonly Post[];
  /** The page's number, from 1, and the number of pages. */
  number: number;
  count: number;
}

/** The path of a page of the list. Servers without rewriting need the `index.html`. */
export function listPath(number: number): string {
  return number === 1 ? '/' : `/page/${number}/index.html`;
}

export function homePage(list: ListPage, site: Site): string {
  return pageShell(
    {
      description: `${BLOG.name}: ${BLOG.about} Every page has a dish from where you are.`,
      page: { path: '/', type: 'index' },
      opening: markup`<h1 class="tagline">${BLOG.about}</h1>
<p class="standfirst">One every few weeks, none of them urgent. Beside each there is a dish from wherever you happen to be reading.</p>`,
      rest: entries(list),
    },
    site,
  );
}

export function archivePage(list: ListPage, site: Site): string {
  const page: CafePage = { path: listPath(list.number), type: 'archive' };
  return pageShell(
    {
      title: `Archive, page ${list.number}`,
      description: `Older articles of ${BLOG.name}, page ${list.number} of ${list.count}. ${BLOG.about}`,
      page,
      opening: markup`<p class="kicker">Page ${list.number} of ${list.count}</p>
<h1>From further down the menu</h1>`,
      rest: entries(list),
    },
    site,
  );
}

/** @param neighbours the next and the previous article */
export function articlePage(
  post: Post,
  neighbours: { newer: Post | undefined; older: Post | undefined },
  site: Site,
): string {
  const { title, summary, published, body, page } = post;
  return pageShell(
    {
      title,
      description: summary,
      published,
      page,
      opening: markup`${kicker(post)}
<h1>${title}</h1>
<p class="standfirst">${summary}</p>`,
      rest: markup`<article class="prose">
${body}
</article>
<nav class="neighbours" aria-label="Articles before and after">
${neighbour('Next plate', neighbours.newer)}
${neighbour('Previous plate', neighbours.older)}
</nav>`,
    },
    site,
  );
}

export function notFoundPage(site: Site): string {
  return pageShell(
    {
      title: 'Not on the menu',
      description: 'There is no page here.',
      opening: markup`<p class="kicker">404</p>
<h1>That is not on the menu</h1>
<p class="standfirst">There is no page at this address. It may have moved, or never been.</p>
<p><a href="/">See what is being served</a>, or look further down, in <a href="/page/2/index.html">the archive</a>.</p>`,
    },
    site,
  );
}

function entries({ posts, number, count }: ListPage): Markup {
  return markup`<ol class="entries" reversed start="${posts[0]?.number}">
${posts.map(entry)}
</ol>
<nav class="pager" aria-label="Pages of the archive">
${number > 1 ? markup`<a rel="prev" href="${listPath(number - 1)}">Newer articles</a>` : undefined}
${number < count ? markup`<a rel="next" href="${listPath(number + 1)}">Older articles</a>` : undefined}
</nav>`;
}

function entry(post: Post): Markup {
  return markup`<li>
<span class="number" aria-hidden="true">${post.number}</span>
<h2><a href="${post.page.path}">${post.title}</a></h2>
<p>${post.summary}</p>
${kicker(post)}
</li>`;
}

function kicker({ topic, published, minutes }: Post): Markup {
  return markup`<p class="kicker"><span>${topic}</span> <span>${dayInWords(published)}</span> <span>${minutes} min read</span></p>`;
}

function neighbour(label: string, post: Post | undefined): Markup | undefined {
  if (!post) return undefined;
  return markup`<a href="${post.page.path}"><span>${label}</span> ${post.title}</a>`;
}
