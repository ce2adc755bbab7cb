import type { Clock } from '../../kernel/clock.ts';
import type { Journal } from '../../monitoring/journal.ts';
import type { Page, PageNames } from '../../pages/page.ts';
import { flawsOf, type PageList } from '../../pages/page-list.ts';

/** Age at which a request triggers a background refresh of the list. */
const REFRESH_MS = 600_000;
/**
 * Minimum interval between two reads of the list. Applies if a page is not listed or a read failed.
 */
const RETRY_MS = 60_000;
/** How long a reader waits for the list. */
const MAX_WAIT_MS = 5_000;

interface Deps {
  list: PageList;
  names: PageNames;
  clock: Clock;
  journal: Journal;
}

/**
 * The pages the site lists, as last read. If a read fails or returns nothing, the previous list
 * stays. Before the first read, no page is listed. If only part of the list could be read, any page
 * may be on the missing part, so all pages count as listed. The list is read only on requests, so
 * an idle service makes no call.
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

  /** Whether the last read of the list contained the path. */
  lists(path: string): boolean {
    return this.#paths?.has(path) ?? false;
  }

  /**
   * Whether the page's path counts as listed. For an unknown path, the list may be read again
   * first, which takes at most five seconds.
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
   * Reads the list, unless a read was started within the last minute. `undefined` if no read is
   * running. Never rejects; callers need not wait for it.
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
      if (isWhole && pages.length === 0) throw new Error('it lists no pages');
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

  /** Reports each state of the list once. */
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
