import { PAGE_TYPES, PageNames, type PageType } from '../../domain/pages/page.ts';
import { CommandError } from '../terminal.ts';

export interface ListedPage {
  type: PageType;
  path: string;
}

/**
 * Parses a list of pages, one per line: a path or a URL, optionally preceded by the page's type. Without
 * a type, it is guessed from the path. Blank lines and lines that start with `#` are ignored.
 *
 * @throws CommandError for the first invalid line
 */
export function parsePageList(text: string): ListedPage[] {
  const pages = text.split('\n').flatMap((line, at) => {
    const words = line.trim().split(/\s+/);
    if (words[0] === '' || words[0]?.startsWith('#')) return [];
    return [pageOf(words, at + 1)];
  });
  if (pages.length === 0) throw new CommandError('The list contains no pages.');
  return pages;
}

function pageOf(words: readonly string[], line: number): ListedPage {
  const last = words.at(-1) ?? '';
  const url = URL.parse(last);
  const path = url ? url.pathname + url.search : last;
  const usual = path.startsWith('/') ? new PageNames().usualAt(path)?.type : undefined;
  const type = words.length === 1 ? usual : PAGE_TYPES.find((each) => each === words[0]);
  if (!type || !usual || words.length > 2) {
    throw new CommandError(
      `Line ${line} is not a page. Write a path such as /posts/hello/, optionally preceded by a type: ${PAGE_TYPES.join(', ')}.`,
    );
  }
  return { type, path };
}
