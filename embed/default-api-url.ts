/** What the site was built with, empty where it said nothing. */
declare const DEFAULT_API_URL: string;

/** Where to ask if the page does not say: as the site was built, or whence this script came. */
export function defaultApiUrl(): string {
  return DEFAULT_API_URL || new URL(import.meta.url).origin;
}
