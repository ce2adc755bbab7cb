/** A command's output, and its interruption by Ctrl-C. */
export interface Terminal {
  /** Writes results (stdout). */
  write(text: string): void;
  /** Writes errors and notes (stderr). */
  complain(text: string): void;
  /** Whether stdout is a terminal, in which a line can be overwritten. */
  isInteractive: boolean;
  hasColours: boolean;
  /** Width in characters. */
  columns: number;
  /** Returns a signal that fires on Ctrl-C. Until this is called, Ctrl-C ends the process. */
  interrupted(): AbortSignal;
}

/** A command cannot run; the message is for the user and is printed without a stack trace. */
export class CommandError extends Error {
  override name = 'CommandError';
}
