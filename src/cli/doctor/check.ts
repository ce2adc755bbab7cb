import type { Config } from '../../app/config/config.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { Verdict } from './finding.ts';

/** What all checks of a run have in common. */
export interface CheckContext {
  clock: Clock;
  /** Fires when the check's time is up. */
  signal: AbortSignal;
}

/** Something that is looked at. Checks run side by side, but for those that need another one. */
export interface Check {
  name: string;
  /** The name of a check before this one, without which it makes no sense. */
  needs?: string;
  /** What it throws becomes a failure with the error's message. */
  run(context: CheckContext): Promise<Verdict[]>;
}

/** A configuration of which some parts are known to be of a kind. */
export type ConfigOf<
  Part extends 'store' | 'generator' | 'locator',
  Kind extends string,
> = Config & {
  [part in Part]: Extract<Config[part], { kind: Kind }>;
};
