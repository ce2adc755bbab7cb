import type { Environment } from './environment.ts';

/** The issuer whose access tokens are accepted. */
export interface TokenConfig {
  /** Public keys of the issuer, or secrets shared with it. */
  keys: { jwksUrl: string } | { secrets: readonly string[] };
  issuer: string;
  audience: string;
}

export function accountsConfig(env: Environment) {
  return {
    /** Without it, only API keys are accepted. */
    tokens: tokenConfig(env),
    /** What each account may use. */
    limits: {
      imagesPerDay: env.ACCOUNT_IMAGES_PER_DAY,
      microUsdPerDay: env.ACCOUNT_USD_PER_DAY,
      microUsdPerMonth: env.ACCOUNT_USD_PER_MONTH,
      jobsPerHour: env.ACCOUNT_JOBS_PER_HOUR,
      concurrentJobs: env.ACCOUNT_CONCURRENT_JOBS,
    },
  };
}

function tokenConfig(env: Environment): TokenConfig | undefined {
  const { AUTH_JWKS_URL: jwksUrl, AUTH_JWT_SECRET: secrets } = env;
  const { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = env;
  // `tokenProblems` has already refused incomplete values.
  if (issuer === undefined || audience === undefined) return undefined;
  return { keys: jwksUrl === undefined ? { secrets } : { jwksUrl }, issuer, audience };
}

/** Contradictions and gaps among the variables of access tokens, one line each. */
export function tokenProblems(env: Record<string, string>): string[] {
  const sources = ['AUTH_JWKS_URL', 'AUTH_JWT_SECRET'].filter((name) => env[name] !== undefined);
  const claims = ['AUTH_ISSUER', 'AUTH_AUDIENCE'];
  if (sources.length === 0) {
    return claims
      .filter((name) => env[name] !== undefined)
      .map((name) => `${name} requires AUTH_JWKS_URL or AUTH_JWT_SECRET`);
  }
  const problems = claims
    .filter((name) => env[name] === undefined)
    .map((name) => `${name} is required by ${sources[0]}`);
  if (sources.length > 1) {
    problems.push('AUTH_JWKS_URL and AUTH_JWT_SECRET must not both be set');
  }
  return problems;
}

/** Problems of these variables in production, one line each. */
export function accountsProblems({ AUTH_JWKS_URL }: Record<string, string>): string[] {
  if (!AUTH_JWKS_URL?.toLowerCase().startsWith('http:')) return [];
  return ['AUTH_JWKS_URL must be an https URL in production'];
}
