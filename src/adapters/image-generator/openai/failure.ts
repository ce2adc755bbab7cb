import type { Billing } from '../../../domain/kernel/errors.ts';
import type { ModelRefusal } from './model-refusal.ts';
import type { Droppable } from './models.ts';

/**
 * What a failed request means. All but `over` are proven refusals that something can be done about;
 * `over` is the end of the call.
 */
export type Failure =
  | Passing
  | { kind: 'model_unavailable'; refusal: ModelRefusal }
  | { kind: 'parameter_refused'; parameter: Droppable }
  | { kind: 'over'; reason: string; billing: Billing; mayRetry?: boolean; timeout?: boolean };

/** Refusals that may pass by themselves, so that the same request is worth another try. */
export type Passing =
  /** Busy. `waitMs` as the answer asked for it, where it did. */
  | { kind: 'rate_limited'; waitMs?: number }
  /** The filter did not like this dish; the prompt asks for a random one, so the next may pass. */
  | { kind: 'moderation_blocked' }
  /** No connection came about. */
  | { kind: 'unreachable' };

/** What is known of the request apart from the error. */
export interface Circumstances {
  /** The one that was asked. */
  model: string;
  /** Something may have left this machine. */
  sent: boolean;
  /** The call's time is up. */
  late: boolean;
  /** Milliseconds since the Unix epoch, to read dates by. */
  now: number;
}

type Over = Extract<Failure, { kind: 'over' }>;

/** Proven to have cost nothing. */
export function refused(reason: string): Over {
  return { kind: 'over', reason, billing: 'refused' };
}

/** It may have been billed. */
export function unknown(reason: string): Over {
  return { kind: 'over', reason, billing: 'unknown' };
}
