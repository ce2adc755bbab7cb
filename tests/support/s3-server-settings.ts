import type { StoreWeather } from './random-weather.ts';

/** What the S3 stand-in in a process of its own is told. */
export interface S3ServerSettings extends StoreWeather {
  /** Milliseconds by which listings are behind. */
  listingLagMs: number;
  /** Milliseconds by which the store's clock is ahead. */
  clockOffsetMs: number;
}

/** Whoever signs with this key sees the store without its weather. */
export const OWNER = 'owner';
