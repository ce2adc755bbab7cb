import type { Clock } from '../../kernel/clock.ts';
import type { Journal } from '../../monitoring/journal.ts';
import type { Page } from '../../pages/page.ts';
import { flawsOf, type PageList } from '../../pages/page-list.ts';
import type { PageNames } from '../../pages/page-names.ts';

/** How old the list gets before it is read again behind a reader. */
const REFRESH_MS = 600_000;
/** How often it is read again for a page that is not on it, and where it could not be read. */
const RETRY_MS = 60_000;
/** How long a reader waits for that. */
const MAX_WAIT_MS = 5_000;

interface Deps {
  list: PageList;
  names: PageNames;
  clock: Clock;
  journal: Journal;
}

/**
 * The pages that the site lists, as far as is known. What was read last is kept where reading fails, or the
 * list is empty; before the first time, no page is listed. Where only parts of it could be read, any page may
 * be on another one, so all count as listed. It is read only while somebody asks, so an idle service makes no
 * call.
 */
export class SitePages {
  readonly #deps: Deps;
  #paths: ReadonlySet<string> | undefined;
  #isWhole = true;
  #reading: Promise<void> | undefined;
  #lastTry = Number.NEGATIVE_INFINITY;
  #lastRead = Number.NEGATIVE_INFINITY;
  #isFailing = false;
  #reported = '';

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Whether the site listed the path when it was read last, in a part that could be read. */
  lists(path: string): boolean {
    return this.#paths?.has(path) ?? false;
  }

  /**
   * Whether the page's path counts as listed; for one that is new, the list may be read again first, for
   * which one waits no longer than five seconds.
   */
  async has({ path }: Page): Promise<boolean> {
    if (this.#paths?.has(path)) {
      if (this.#deps.clock.monotonic() - this.#lastRead >= REFRESH_MS) this.refresh();
      return true;
    }
    const reading = this.refresh();
    if (reading) await Promise.race([reading, this.#deps.clock.sleep(MAX_WAIT_MS)]);
    return this.lists(path) || !this.#isWhole;
  }

  /**
   * Reads the list, unless that was begun within the last minute; `undefined` where nothing is under way.
   * Never rejects, and nobody needs to wait for it.
   */
  refresh(): Promise<void> | undefined {
    const now = this.#deps.clock.monotonic();
    if (!this.#reading && now - this.#lastTry >= RETRY_MS) {
      this.#lastTry = now;
      this.#reading = this.#read().finally(() => {
        this.#reading = undefined;
      });
    }
    return this.#reading;
  }

  async #read(): Promise<void> {
    try {
      const listing = await this.#deps.list.read();
      const pages = this.#deps.names.allAt(listing.paths);
      const isWhole = listing.unread.length === 0;
      if (isWhole && pages.length === 0) throw new Error('it lists no page');
      this.#isWhole = isWhole;
      this.#paths = new Set(pages.map(({ path }) => path));
      this.#lastRead = this.#deps.clock.monotonic();
      this.#isFailing = false;
      this.#report(flawsOf(listing));
    } catch (cause) {
      const known = this.#paths?.size ?? 0;
      if (!this.#isFailing) this.#deps.journal.record({ event: 'page_list_failed', known, cause });
      this.#isFailing = true;
    }
  }

  /** Each state of the list once. */
  #report(flaws: readonly string[]): void {
    const message = flaws.join('; ');
    if (message !== '' && message !== this.#reported) {
      const details = { listed: this.#paths?.size ?? 0, isWhole: this.#isWhole };
      this.#deps.journal.record({
        event: 'notice',
        message: `The site's sitemap: ${message}`,
        details,
      });
    }
    this.#reported = message;
  }
}
