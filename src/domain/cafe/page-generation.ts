import type { BudgetLedger } from '../budget/budget-ledger.ts';
import type { GeneratedImage } from '../generation/image-generator.ts';
import type { PageImage } from '../images/image-labels.ts';
import type { PoolImage } from '../storage/image-keys.ts';
import type { ObjectHead } from '../storage/object-store.ts';

/** The page's image waits for the owner's approval. */
export interface AwaitingReview {
  awaitsReview: true;
  /** Its cost in millionths of a US dollar, if it was just generated. */
  costMicroUsd?: number;
}

/** The result for the page. */
export type PageGeneration = PageImage | AwaitingReview;

/** What a generation may use, and what it replaces. */
export interface GenerationOptions {
  ledger: BudgetLedger;
  /** What the page shows now: a fallback, or an image the owner wants to replace. */
  replacing?: ObjectHead | undefined;
}

/** A paid image that is not stored. */
export interface GeneratedPageImage {
  /** Its place in the pool, and the key there. */
  place: PoolImage;
  datedKey: string;
  image: GeneratedImage;
}
