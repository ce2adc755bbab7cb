import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { feed } from './feed.ts';
import {
  archivePage,
  articlePage,
  homePage,
  type ListPage,
  listPath,
  notFoundPage,
} from './pages.ts';
import { type Post, readPosts } from './post.ts';
import type { Site } from './site.ts';
import { robots, sitemap } from './sitemap.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const POSTS_A_PAGE = 3;

/** The folder of the built element, and its name on the site. */
export const CAFE_APP = 'bytesized-cafe-app';
const CAFE_APP_FOLDER = fileURLToPath(new URL(`../../${CAFE_APP}`, import.meta.url));

export interface SiteFolders {
  /** Its content is replaced. */
  output: string;
  posts?: string;
  /** The built element. */
  cafeApp?: string;
}

/**
 * Writes the whole blog into a folder.
 *
 * @throws an Error if the element is not built or a post's front matter is wrong
 */
export async function buildSite(site: Site, folders: SiteFolders): Promise<void> {
  const { output, posts = path.join(HERE, 'posts'), cafeApp = CAFE_APP_FOLDER } = folders;
  // In development the service serves the element itself.
  if (!site.development) await requireBuilt(cafeApp);
  const files = writtenFiles(await readPosts(posts), site);
  if (site.development) {
    files.set(
      '/development/bar.css',
      await readFile(path.join(HERE, 'development/bar.css'), 'utf8'),
    );
    files.set('/development/bar.js', await developmentScript());
  }
  await rm(output, { recursive: true, force: true });
  await cp(path.join(HERE, 'static'), output, { recursive: true });
  if (!site.development) await cp(cafeApp, path.join(output, CAFE_APP), { recursive: true });
  for (const [name, text] of files) {
    const file = path.join(output, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

/** All generated files, by their path within the site. */
export function writtenFiles(posts: readonly Post[], site: Site): Map<string, string> {
  const lists = listPages(posts);
  const files = new Map<string, string>();
  for (const list of lists) {
    if (list.number === 1) files.set('/index.html', homePage(list, site));
    else files.set(listPath(list.number), archivePage(list, site));
  }
  for (const [at, post] of posts.entries()) {
    const neighbours = { newer: posts[at - 1], older: posts[at + 1] };
    files.set(post.page.path, articlePage(post, neighbours, site));
  }
  const entries = [
    ...lists.map(({ number }) => ({ path: listPath(number), changed: posts[0]?.published })),
    ...posts.map(({ page, published }) => ({ path: page.path, changed: published })),
  ];
  return files
    .set('/404.html', notFoundPage(site))
    .set('/feed.rss', feed(posts, site))
    .set('/sitemap.xml', sitemap(entries, site.url))
    .set('/robots.txt', robots(site.url));
}

function listPages(posts: readonly Post[]): ListPage[] {
  const count = Math.max(1, Math.ceil(posts.length / POSTS_A_PAGE));
  return Array.from({ length: count }, (_, at) => ({
    posts: posts.slice(at * POSTS_A_PAGE, (at + 1) * POSTS_A_PAGE),
    number: at + 1,
    count,
  }));
}

async function requireBuilt(cafeApp: string): Promise<void> {
  const entry = path.join(cafeApp, 'cafe-image.js');
  await stat(entry).catch((cause: unknown) => {
    throw new Error(`The element is not built, there is no ${entry}.`, { cause });
  });
}

async function developmentScript(): Promise<string> {
  const { transformWithOxc } = await import('vite');
  const file = path.join(HERE, 'development/bar.ts');
  return (await transformWithOxc(await readFile(file, 'utf8'), file)).code;
}
