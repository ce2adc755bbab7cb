import type { Environment } from './environment.ts';

/** What clients may take of the service's time and memory. */
export function requestLimits(env: Environment) {
  return {
    /** For a request to arrive. */
    requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
    /** For an idle connection. */
    keepAliveTimeoutMs: env.KEEP_ALIVE_TIMEOUT_MS,
    /** For which a client may take nothing of an answer. */
    answerTimeoutMs: env.ANSWER_TIMEOUT_MS,
    /** Of one connection, under way at once. */
    maxRequestsPerConnection: env.MAX_REQUESTS_PER_CONNECTION,
    /** Requests that wait for a picture, and pages that are looked for, at once. */
    maxWaitingRequests: env.MAX_WAITING_REQUESTS,
    maxSearches: env.MAX_SEARCHES,
    /** Of each of these, for one address. */
    maxWaitingPerAddress: env.MAX_WAITING_PER_ADDRESS,
  };
}
