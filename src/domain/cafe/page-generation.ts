import type { BudgetLedger } from '../budget/budget-ledger.ts';
import type { GeneratedImage } from '../generation/image-generator.ts';
import type { PageImage } from '../images/image-labels.ts';
import type { PoolImage } from '../storage/image-keys.ts';
import type { ObjectHead } from '../storage/object-store.ts';

/** The page's image waits for the owner's approval. */
export interface AwaitingReview {
  awaitsReview: true;
  /** What it cost, in millionths of a US dollar, where it was just bought. */
  costMicroUsd?: number;
}

/** What a page has now. */
export type PageGeneration = PageImage | AwaitingReview;

/** What a generation may use, and what it is to replace. */
export interface GenerationOptions {
  ledger: BudgetLedger;
  /** What the page shows now: a fallback, or what the owner wants another image for. */
  replacing?: ObjectHead | undefined;
}

/** An image that is paid for and not stored. */
export interface GeneratedPageImage {
  /** Where in the pool it belongs. */
  place: PoolImage;
  image: GeneratedImage;
}
