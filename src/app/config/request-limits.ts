import type { Environment } from './environment.ts';

/** Limits on the service's time and memory per client. */
export function requestLimits(env: Environment) {
  return {
    /** For receiving a request. */
    requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
    /** For an idle connection. */
    keepAliveTimeoutMs: env.KEEP_ALIVE_TIMEOUT_MS,
    /** For a client that reads nothing of its response. */
    answerTimeoutMs: env.ANSWER_TIMEOUT_MS,
    /** Concurrent requests of one connection. */
    maxRequestsPerConnection: env.MAX_REQUESTS_PER_CONNECTION,
    /** Concurrent limits: requests that wait for an image, and page lookups. */
    maxWaitingRequests: env.MAX_WAITING_REQUESTS,
    maxSearches: env.MAX_SEARCHES,
    /** Of each of these, for one address. */
    maxWaitingPerAddress: env.MAX_WAITING_PER_ADDRESS,
  };
}
