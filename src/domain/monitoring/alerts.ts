/** Events that need the owner's attention at once. */
export type AlertKind =
  | 'budget_spent_early'
  | 'model_retiring'
  | 'generator_refused'
  /** Calls are billed, but their results are unusable. */
  | 'generator_useless';

export interface Alert {
  kind: AlertKind;
  /** One or two sentences for a person. */
  text: string;
  /** The same for a program. Contains no reader data and no secret. */
  details: Readonly<Record<string, string | number>>;
}

/** Delivers alerts to the owner. */
export interface Alerts {
  /**
   * Resolves once the alert was accepted, retrying if necessary. Ends within half a minute.
   *
   * @throws Error that explains the failure without the address, which may be a secret
   */
  send(alert: Alert): Promise<void>;

  /** Starts no further tries. */
  close(): void;
}
