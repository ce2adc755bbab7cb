import type { Environment } from './environment.ts';

export type AdminConfig = ReturnType<typeof adminConfig>;

/** The default ceiling: room for a busy day, and still a limit to what a stolen session can spend. */
const CEILING_FACTOR = 10;

/** A token that nobody guesses. */
export const LEAST_TOKEN_LENGTH = 24;

export function adminConfig(env: Environment) {
  return {
    /** Without one there is no admin in production, and elsewhere one is made. */
    token: env.ADMIN_TOKEN,
    sessionIdleMs: env.ADMIN_SESSION_IDLE_MINUTES * 60_000,
    sessionMs: env.ADMIN_SESSION_HOURS * 3_600_000,
    /** In a quarter of an hour, from all addresses together. */
    maxWrongTokens: env.ADMIN_MAX_WRONG_TOKENS,
    /** Pictures of a day that the admin may raise the budget to. */
    budgetCeiling: env.ADMIN_BUDGET_CEILING ?? CEILING_FACTOR * env.DAILY_GENERATION_BUDGET,
    /** The ceiling is `ADMIN_BUDGET_CEILING`, not derived from the budget. */
    isCeilingSet: env.ADMIN_BUDGET_CEILING !== undefined,
  };
}

/** Whether there is an admin: without a token only where one is made. */
export function hasAdmin(config: { production: boolean; admin: AdminConfig }): boolean {
  return !config.production || config.admin.token !== undefined;
}

/** What is wrong with the admin's part of a production environment, a line each. */
export function adminProblems({ ADMIN_TOKEN }: Record<string, string>): string[] {
  if (!ADMIN_TOKEN || ADMIN_TOKEN.length >= LEAST_TOKEN_LENGTH) return [];
  return [`ADMIN_TOKEN must have at least ${LEAST_TOKEN_LENGTH} characters in production`];
}
