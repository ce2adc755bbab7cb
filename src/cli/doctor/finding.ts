/** `skipped`: the check could not run; the message explains why. */
export type FindingStatus = 'ok' | 'warning' | 'failure' | 'skipped';

/** One line of the doctor's report. */
export interface Finding {
  /** The check's name, such as `missing-picture`. */
  check: string;
  status: FindingStatus;
  /** What was found, in a sentence or two. */
  message: string;
  /** How to fix it; `null` if there is nothing to fix. */
  remedy: string | null;
}

/** A finding without the name of its check. */
export type Verdict = Omit<Finding, 'check'>;

export function ok(message: string): Verdict {
  return { status: 'ok', message, remedy: null };
}

/** Works today, but may soon fail, or could work better. */
export function warning(message: string, remedy: string): Verdict {
  return { status: 'warning', message, remedy };
}

export function failure(message: string, remedy: string): Verdict {
  return { status: 'failure', message, remedy };
}

export function skipped(message: string, remedy: string | null = null): Verdict {
  return { status: 'skipped', message, remedy };
}
