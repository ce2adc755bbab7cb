import type { BudgetLedger } from '../budget/budget-ledger.ts';
import type { PageImage } from '../images/image-labels.ts';
import type { ObjectHead } from '../storage/object-store.ts';

/** The page's picture waits for approval, out of sight. */
export interface AwaitingReview {
  awaitsReview: true;
  /** What it cost, in millionths of a US dollar, where it was just bought. */
  costMicroUsd?: number;
}

/** What became of a painting. */
export type PageGeneration = PageImage | AwaitingReview;

/** What a painting may use, and what it is to replace. */
export interface GenerationOptions {
  ledger: BudgetLedger;
  /** What the page shows now: a fallback, or what the owner wants another picture for. */
  replacing?: ObjectHead;
}
