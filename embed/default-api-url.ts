/** Set at build time; empty if the build does not set it. */
declare const DEFAULT_API_URL: string;

/** The service's URL if the page does not set one: that of the build, else this script's origin. */
export function defaultApiUrl(): string {
  return DEFAULT_API_URL || new URL(import.meta.url).origin;
}
