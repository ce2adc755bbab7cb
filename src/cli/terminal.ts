/** Where a command writes, and how it is told to stop. */
export interface Terminal {
  /** Results. */
  write(text: string): void;
  /** What is wrong, and what is not a result. */
  complain(text: string): void;
  /** A person may be watching results, so that a line can be written over. */
  isInteractive: boolean;
  hasColours: boolean;
  /** Characters in a line. */
  columns: number;
  /** Fires on Ctrl-C, from when it is read on; before that Ctrl-C ends the process. */
  interrupted(): AbortSignal;
}

/** A command cannot do what it is told; the message is for whoever told it. */
export class CommandError extends Error {
  override name = 'CommandError';
}
