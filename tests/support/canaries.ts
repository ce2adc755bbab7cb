/** The secrets of every service that a test opens, so that any of them is recognised anywhere. */
export const CANARIES = {
  keyId: 'canary-key-id',
  secretKey: 'canary-secret',
  apiKey: 'sk-canary',
  adminToken: 'canary-admin-token-0123456789',
  metricsToken: 'canary-metrics-token-0123456789',
  webhook: 'canary-webhook',
  collector: 'canary-collector',
};

/**
 * Holds texts that left the service (log lines, answers, what is stored) against all secrets.
 *
 * @throws Error with the first text that holds one
 */
export function expectNoCanary(...texts: string[]): void {
  const known = Object.values(CANARIES);
  const leak = texts.find((text) => known.some((canary) => text.includes(canary)));
  if (leak !== undefined) throw new Error(`a secret got out: ${leak}`);
}
