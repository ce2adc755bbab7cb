import type { Config } from '../../app/config/config.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { Verdict } from './finding.ts';

export interface CheckContext {
  clock: Clock;
  /** Fires when the check times out. */
  signal: AbortSignal;
}

/** Checks run in parallel, except that a check with `needs` waits for the other one. */
export interface Check {
  name: string;
  /** The name of an earlier check. If that one fails, this one is skipped. */
  needs?: string;
  /** An error thrown here becomes a failure with the error's message. */
  run(context: CheckContext): Promise<Verdict[]>;
}

/** A configuration in which one part is known to be of a given kind. */
export type ConfigOf<
  Part extends 'store' | 'generator' | 'locator',
  Kind extends string,
> = Config & {
  [part in Part]: Extract<Config[part], { kind: Kind }>;
};
