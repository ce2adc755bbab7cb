import type { Billing } from '../../../domain/kernel/errors.ts';
import type { ModelRefusal } from './model-refusal.ts';
import type { Droppable } from './models.ts';

/**
 * The meaning of a failed request. `over` ends the call. All others certainly cost nothing, and the call
 * can continue.
 */
export type Failure =
  | Passing
  | { kind: 'model_unavailable'; refusal: ModelRefusal }
  | { kind: 'parameter_refused'; parameter: Droppable }
  | { kind: 'over'; reason: string; billing: Billing; mayRetry?: boolean; timeout?: boolean };

/** Temporary failures, after which the same request may succeed. */
export type Passing =
  /** `waitMs` from the response, if it has one. */
  | { kind: 'rate_limited'; waitMs?: number }
  /** The prompt requests a random dish, so the next attempt may pass the filter. */
  | { kind: 'moderation_blocked' }
  /** The connection failed. */
  | { kind: 'unreachable' };

/** The request that failed. */
export interface Circumstances {
  model: string;
  /** Whether data may have been sent. */
  sent: boolean;
  /** Whether the call has timed out. */
  late: boolean;
  /** Milliseconds since the Unix epoch, to evaluate dates in headers. */
  now: number;
}

type Over = Extract<Failure, { kind: 'over' }>;

/** Certainly cost nothing. */
export function refused(reason: string): Over {
  return { kind: 'over', reason, billing: 'refused' };
}

/** May have been billed. */
export function unknown(reason: string): Over {
  return { kind: 'over', reason, billing: 'unknown' };
}
