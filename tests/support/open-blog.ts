import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import type { CafeImageStatus } from '../../embed/cafe-image.component.ts';
import { blogSnippet } from '../../src/app/blog-snippet.ts';
import { serveFetch } from './serve-fetch.ts';
import { tinyPng } from './tiny-png.ts';
import { openWatchedPage } from './watched-page.ts';

const BUILT = path.join(import.meta.dirname, '../../bytesized-cafe-app');

const docs = await readFile(
  path.join(import.meta.dirname, '../../docs/element-behaviour.md'),
  'utf8',
);
const { styles } = blogSnippet({ service: 'https://cafe.example', type: 'article' });

/** The rules that the docs give authors to reserve the space, for the element and for the mount form. */
export const PLACE_KEPT = `${styles}\n${/```css\n(.*?)```/s.exec(docs)?.[1] ?? ''}`;

/** What a page asked for. */
export interface Post {
  /** Path and query. */
  url: string;
  headers: Record<string, string>;
  /** The body as it came. */
  body: string;
}

/** An answer out of turn, or the usual one with something added. */
type Answer = (post: Post, usual: () => Response) => Response | Promise<Response>;

/**
 * A cafe as the element sees it, on an origin of its own: the published files, the endpoint, and
 * pictures, whose URL says what they are for.
 */
export class CafeStandIn {
  readonly posts: Post[] = [];
  /** Paths below `/images` that were loaded, in order. */
  readonly loaded: string[] = [];
  /** How the endpoint answers from now on. */
  answer: Answer = (_, usual) => usual();
  /** Which pictures are gone. */
  gone = /^$/;
  /** What the usual answer has more of. */
  details: object = {};

  readonly handle = async (request: Request): Promise<Response> => {
    const { pathname, search, origin } = new URL(request.url);
    const headers = {
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Headers': 'Content-Type',
      'Access-Control-Allow-Methods': 'POST, OPTIONS',
      'Access-Control-Expose-Headers': 'Retry-After',
    };
    if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers });
    if (pathname.startsWith('/images/')) return this.#picture(pathname.slice('/images'.length));
    if (pathname.startsWith('/bytesized-cafe-app/')) {
      const file = await readFile(path.join(BUILT, pathname.slice('/bytesized-cafe-app'.length)));
      return new Response(file, { headers: { ...headers, 'Content-Type': 'text/javascript' } });
    }
    const post = {
      url: pathname + search,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
    };
    this.posts.push(post);
    const answer = await this.answer(post, () => this.#usual(post, origin));
    if (answer.type === 'error') return answer;
    for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
    return answer;
  };

  /** The pages asked for, as `type path`. */
  get asked(): string[] {
    return this.posts.map(({ body }) => {
      const { pagePath, pageType } = JSON.parse(body).context;
      return `${pageType} ${pagePath}`;
    });
  }

  #usual({ body }: Post, origin: string): Response {
    const { pagePath, pageType } = JSON.parse(body).context;
    return Response.json({
      url: `${origin}/images/${pageType}${pagePath}.png`,
      alt: 'A dish popular in France, imagined by AI',
      country: { code: 'FR', name: 'France' },
      width: 64,
      height: 64,
      source: 'generated',
      ...this.details,
    });
  }

  #picture(name: string): Response {
    this.loaded.push(name);
    if (this.gone.test(name)) return new Response('gone', { status: 404 });
    const png = tinyPng({ seed: name.length, width: 64, height: 64 });
    const headers = { 'Content-Type': 'image/png', 'Cache-Control': 'no-store' };
    return new Response(new Uint8Array(png), { headers });
  }
}

export interface BlogOptions extends BrowserContextOptions {
  /** The content of the page at a path; a `<cafe-image>` that says nothing, if it is left out. */
  body?: string | ((path: string) => string);
  /** Which published files the pages have. */
  scripts?: string[];
  css?: string;
  /** Runs in every document before its own scripts. */
  before?: () => void;
  /** What the page may complain of. */
  allowed?: RegExp;
  /** Whom the pages ask if not a stand-in. */
  cafe?: CafeStandIn;
}

export interface Blog {
  page: Page;
  cafe: CafeStandIn;
  cafeUrl: string;
  /** Opens a page of the blog in the tab. */
  visit(path: string): Promise<void>;
}

/**
 * A blog under a strict Content-Security-Policy, in a tab of its own, whose pages embed the built
 * element from a {@link CafeStandIn}. The test fails if the pages complain of more than is allowed.
 */
export async function openBlog(
  browser: Browser,
  {
    body = '<cafe-image></cafe-image>',
    scripts = ['cafe-image.js'],
    css = '',
    before,
    allowed = /^$/,
    cafe = new CafeStandIn(),
    ...options
  }: BlogOptions = {},
): Promise<Blog> {
  const cafeServer = await serveFetch(cafe.handle);
  const blogServer = await serveFetch(async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/blog.css') {
      const text = `:root { color-scheme: light dark; font-family: sans-serif } ${css}`;
      return new Response(text, { headers: { 'Content-Type': 'text/css' } });
    }
    if (pathname === '/favicon.ico') return new Response(null, { status: 204 });
    const content = typeof body === 'string' ? body : body(pathname);
    const headers = { 'Content-Type': 'text/html', 'Content-Security-Policy': policy };
    const urls = scripts.map((script) => `${cafeServer.url}/bytesized-cafe-app/${script}`);
    return new Response(html(content, urls), { headers });
  });
  const policy = [
    "default-src 'none'",
    `script-src ${cafeServer.url}`,
    "style-src 'self'",
    `img-src 'self' ${cafeServer.url}`,
    `connect-src ${cafeServer.url}`,
    "frame-src 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  const { page, complaints } = await openWatchedPage(browser, options);
  if (before) await page.addInitScript(before);
  onTestFinished(async () => {
    await Promise.all([cafeServer.close(), blogServer.close()]);
    expect(complaints.filter((complaint) => !allowed.test(complaint))).toEqual([]);
  });
  return {
    page,
    cafe,
    cafeUrl: cafeServer.url,
    visit: async (path) => void (await page.goto(blogServer.url + path)),
  };
}

function html(body: string, urls: string[]): string {
  const scripts = urls.map((url) => `<script type="module" src="${url}"></script>`);
  return `<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>A blog</title>
        <link rel="stylesheet" href="/blog.css">
        ${scripts.join('')}
      </head>
      <body><main><h1>A blog</h1>${body}</main></body>
    </html>`;
}

/** Waits until all elements of the page, and so many, are at this point. */
export async function until(page: Page, status: CafeImageStatus, count = 1): Promise<void> {
  await expect
    .poll(() =>
      page.locator('cafe-image').evaluateAll((all) => all.map((one) => one.getAttribute('status'))),
    )
    .toEqual(Array(count).fill(status));
}

/** The path below `/images` of each picture that is to be seen, such as `/article/posts/a.png`. */
export function pictures(page: Page): Promise<string[]> {
  return page
    .locator('cafe-image img')
    .evaluateAll((all) =>
      all
        .filter((image) => (image as HTMLImageElement).naturalWidth > 0)
        .map((image) =>
          new URL((image as HTMLImageElement).currentSrc).pathname.replace('/images', ''),
        ),
    );
}
