import type { PageImage } from '../../domain/images/image-labels.ts';
import type { ErrorCode } from './present-error.ts';

/**
 * How requests ended since the process started. Plain numbers, as nearly every request pays for one of
 * them; whoever wants them in another form makes that when asked.
 */
export class RequestCounts {
  /** Requests for a page's picture: `known` was in memory, the others had to be looked for. */
  readonly answers: Record<'known' | PageImage['source'], number> = {
    known: 0,
    stored: 0,
    generated: 0,
    fallback: 0,
  };
  /** Requests of any kind that ended as an error. */
  readonly refusals = new Map<ErrorCode, number>();

  addRefusal(code: ErrorCode): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }
}
