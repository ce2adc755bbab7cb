/** What a site lists. */
export interface PageListing {
  /** The paths of the pages with their queries, as their URLs have them, escapes included. */
  paths: readonly string[];
  /** Locations that name no page of the site, and some of them. They are not among `paths`. */
  skipped: { count: number; examples: readonly string[] };
  /** Why parts of the list could not be read, a sentence for each. Their pages are not known. */
  unread: readonly string[];
  /** Whether it is a feed, which usually has only the newest pages. */
  isFeed: boolean;
}

/** Where the owner's site says which pages it has. */
export interface PageList {
  /**
   * All that the site lists. Asked anew every time; ends within the adapter's own time.
   *
   * @throws Error that says why nothing of the list could be read
   */
  read(): Promise<PageListing>;

  /** Gives up what is under way. No call may follow. */
  close(): void;
}

/** What is wrong with a list, a sentence each. */
export function flawsOf({ paths, skipped, unread }: PageListing): string[] {
  const { count, examples } = skipped;
  const all = paths.length + count;
  return [
    ...(count === 0 ? [] : [`${count} of ${all} locations name no page: ${examples.join(', ')}`]),
    ...unread,
  ];
}
