/** What an owner wants to be woken up for. */
export type AlertKind =
  | 'budget_spent_early'
  | 'model_retiring'
  | 'generator_refused'
  /** Calls are paid for, and what comes is of no use. */
  | 'generator_useless';

export interface Alert {
  kind: AlertKind;
  /** One or two sentences for a person. */
  text: string;
  /** The same for a program. Nothing of a reader, and no secret. */
  details: Readonly<Record<string, string | number>>;
}

/** Brings alerts to the owner. */
export interface Alerts {
  /**
   * Resolves once the alert was taken, after a few tries if it must be. Ends within half a minute.
   *
   * @throws Error that says why it was not, and not where it was to go: an address may be a secret
   */
  send(alert: Alert): Promise<void>;

  /** Begins no further tries. */
  close(): void;
}
