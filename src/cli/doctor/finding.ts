/** `skipped`: it could not be checked, which the message explains. */
export type FindingStatus = 'ok' | 'warning' | 'failure' | 'skipped';

/** One line of what the doctor has to say. */
export interface Finding {
  /** The check's name, such as `missing-picture`. */
  check: string;
  status: FindingStatus;
  /** What is so, as a sentence or two. */
  message: string;
  /** What to do about it; `null` where there is nothing to do. */
  remedy: string | null;
}

/** A finding before its check has put its name on it. */
export type Verdict = Omit<Finding, 'check'>;

export function ok(message: string): Verdict {
  return { status: 'ok', message, remedy: null };
}

/** It works, but will not for long, or not as well as it could. */
export function warning(message: string, remedy: string): Verdict {
  return { status: 'warning', message, remedy };
}

export function failure(message: string, remedy: string): Verdict {
  return { status: 'failure', message, remedy };
}

export function skipped(message: string, remedy: string | null = null): Verdict {
  return { status: 'skipped', message, remedy };
}
