import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { marked } from 'marked';
import type { CafePage } from './cafe-embed.ts';
import { Markup } from './markup.ts';

export interface Post {
  /** Its number in the order of publication, from 1. */
  number: number;
  title: string;
  /** One sentence. */
  summary: string;
  topic: string;
  /** Midnight UTC of the day of publication. */
  published: Date;
  minutes: number;
  body: Markup;
  page: CafePage & { type: 'article' };
}

const FIELDS = ['title', 'summary', 'topic', 'date'] as const;
const WORDS_A_MINUTE = 220;

/**
 * Reads the Markdown files of a folder, newest first. A file's name is the post's slug.
 *
 * @throws an Error that names the file with wrong front matter
 */
export async function readPosts(folder: string): Promise<Post[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.md'));
  const posts = await Promise.all(
    names.map(async (name) => parsePost(name, await readFile(path.join(folder, name), 'utf8'))),
  );
  return posts
    .sort((a, b) => a.published.getTime() - b.published.getTime())
    .map((post, at) => ({ ...post, number: at + 1 }))
    .reverse();
}

/** @throws an Error that names the file */
export function parsePost(file: string, text: string): Omit<Post, 'number'> {
  const [, head, source] = /^---\r?\n(.*?)\r?\n---\r?\n(.*)$/s.exec(text) ?? [];
  if (head === undefined || source === undefined) throw new Error(`${file} has no front matter.`);
  const fields = Object.fromEntries(
    head.split(/\r?\n/).map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
  for (const name of FIELDS) {
    if (!fields[name]) throw new Error(`${file} has no ${name} in its front matter.`);
  }
  const slug = path.basename(file, '.md');
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug)) {
    throw new Error(`${file} must be named in a-z, 0-9 and single hyphens: it is the address.`);
  }
  const { title = '', summary = '', topic = '', date = '' } = fields;
  return {
    title,
    summary,
    topic,
    published: dayOf(date, file),
    minutes: Math.max(1, Math.round(source.split(/\s+/).length / WORDS_A_MINUTE)),
    body: new Markup(marked.parse(source, { async: false })),
    // The deployed path: a bucket behind a CDN does not serve a folder's index.html.
    page: { path: `/posts/${slug}/index.html`, type: 'article' },
  };
}

function dayOf(date: string, file: string): Date {
  const day = new Date(`${date}T00:00:00Z`);
  // Date would turn 31 June into 1 July.
  const isDay = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
  if (!isDay || date.length !== 10) throw new Error(`${file} has no date such as 2026-11-15.`);
  return day;
}
