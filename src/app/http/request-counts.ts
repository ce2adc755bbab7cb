import type { PageImage } from '../../domain/images/image-labels.ts';
import type { ErrorCode } from './present-error.ts';
import type { ProblemCode } from './v1/problem.ts';

/**
 * Counts how requests ended since the process started. Plain numbers, because nearly every request
 * updates one; consumers convert them on demand.
 */
export class RequestCounts {
  /** Requests for a page's image: `known` was cached, the others were looked up. */
  readonly answers: Record<'known' | PageImage['source'], number> = {
    known: 0,
    stored: 0,
    generated: 0,
    fallback: 0,
  };
  /** Requests of any kind that ended with an error. */
  readonly refusals = new Map<ErrorCode | ProblemCode, number>();

  addRefusal(code: ErrorCode | ProblemCode): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }
}
