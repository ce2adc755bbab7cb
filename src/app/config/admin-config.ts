import type { Environment } from './environment.ts';

export type AdminConfig = ReturnType<typeof adminConfig>;

/**
 * The default ceiling as a multiple of the budget: enough for a busy day, and a limit for a stolen
 * session.
 */
const CEILING_FACTOR = 10;

/** Minimum length that makes guessing infeasible. */
export const LEAST_TOKEN_LENGTH = 24;

export function adminConfig(env: Environment) {
  return {
    /** Without a token, production has no admin. Elsewhere a token is generated. */
    token: env.ADMIN_TOKEN,
    sessionIdleMs: env.ADMIN_SESSION_IDLE_MINUTES * 60_000,
    sessionMs: env.ADMIN_SESSION_HOURS * 3_600_000,
    /** Per quarter of an hour, from all addresses together. */
    maxWrongTokens: env.ADMIN_MAX_WRONG_TOKENS,
    /** Maximum number of images per day that the admin may set. */
    budgetCeiling: env.ADMIN_BUDGET_CEILING ?? CEILING_FACTOR * env.DAILY_GENERATION_BUDGET,
    /** `ADMIN_BUDGET_CEILING` sets the ceiling; otherwise it is derived from the budget. */
    isCeilingSet: env.ADMIN_BUDGET_CEILING !== undefined,
  };
}

/** Whether there is an admin. Without a configured token, only where one is generated. */
export function hasAdmin(config: { production: boolean; admin: AdminConfig }): boolean {
  return !config.production || config.admin.token !== undefined;
}

/** Problems of the admin variables in production, one line each. */
export function adminProblems({ ADMIN_TOKEN }: Record<string, string>): string[] {
  if (!ADMIN_TOKEN || ADMIN_TOKEN.length >= LEAST_TOKEN_LENGTH) return [];
  return [`ADMIN_TOKEN must have at least ${LEAST_TOKEN_LENGTH} characters in production`];
}
