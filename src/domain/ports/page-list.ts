/** Where the owner's site says which pages it has. */
export interface PageList {
  /**
   * The paths of all pages with their queries, as their URLs have them, escapes included. Asked anew every time; ends within
   * the adapter's own time.
   *
   * @throws Error that says why there is no whole list
   */
  read(): Promise<readonly string[]>;

  /** Gives up what is under way. No call may follow. */
  close(): void;
}
