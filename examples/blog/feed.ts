import { cardUrl } from './cafe-embed.ts';
import { type Markup, markup } from './markup.ts';
import type { Post } from './post.ts';
import { BLOG, type Site } from './site.ts';

/** RSS 2.0 with whole articles, each with its picture as an enclosure. */
export function feed(posts: readonly Post[], site: Site): string {
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>${BLOG.name}</title>
<link>${site.url}/</link>
<description>${BLOG.about}</description>
<language>${BLOG.language.toLowerCase()}</language>
<lastBuildDate>${posts[0]?.published.toUTCString()}</lastBuildDate>
<atom:link href="${site.url}/feed.rss" rel="self" type="application/rss+xml"/>
${posts.map((post) => item(post, site))}
</channel>
</rss>
`.toString();
}

function item({ title, summary, topic, published, body, page }: Post, site: Site): Markup {
  const url = site.url + page.path;
  // Feed readers cannot resolve links without an origin.
  const content = body.toString().replaceAll(/\b(href|src)="\//g, `$1="${site.url}/`);
  // RSS requires a length. It is unknown before the picture exists, and 0 says so.
  return markup`<item>
<title>${title}</title>
<link>${url}</link>
<guid isPermaLink="true">${url}</guid>
<pubDate>${published.toUTCString()}</pubDate>
<dc:creator>${BLOG.author}</dc:creator>
<category>${topic}</category>
<description>${summary}</description>
<content:encoded>${content}</content:encoded>
<enclosure url="${cardUrl(page, site.api)}" length="0" type="image/jpeg"/>
</item>`;
}
