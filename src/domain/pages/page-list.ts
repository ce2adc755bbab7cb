/** The pages a site lists. */
export interface PageListing {
  /** Paths with their queries, as in the URLs, escapes included. */
  paths: readonly string[];
  /** Locations that are not pages of the site, with examples. They are not in `paths`. */
  skipped: { count: number; examples: readonly string[] };
  /** Why parts of the list could not be read, one sentence each. Their pages are unknown. */
  unread: readonly string[];
  /** Whether the list is a feed, which usually contains only the newest pages. */
  isFeed: boolean;
}

/** The list of pages that the owner's site publishes. */
export interface PageList {
  /**
   * All pages the site lists. Fetched anew each time, within the adapter's own timeout.
   *
   * @throws Error that explains why nothing could be read
   */
  read(): Promise<PageListing>;

  /** Aborts running reads. No call may follow. */
  close(): void;
}

/** The problems of a list, one sentence each. */
export function flawsOf({ paths, skipped, unread }: PageListing): string[] {
  const { count, examples } = skipped;
  const all = paths.length + count;
  return [
    ...(count === 0 ? [] : [`${count} of ${all} locations name no page: ${examples.join(', ')}`]),
    ...unread,
  ];
}
