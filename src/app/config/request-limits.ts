import type { Environment } from './environment.ts';

/** What clients may take of the service's time and memory. */
export interface RequestLimits {
  /** For a request to arrive. */
  requestTimeoutMs: number;
  /** For an idle connection. */
  keepAliveTimeoutMs: number;
  /** For which a client may take nothing of an answer. */
  answerTimeoutMs: number;
  /** Of one connection, under way at once. */
  maxRequestsPerConnection: number;
  /** Requests that wait for a picture, and pages that are looked for, at once. */
  maxWaitingRequests: number;
  maxSearches: number;
  /** Of each of these, for one address. */
  maxWaitingPerAddress: number;
}

export function requestLimits(env: Environment): RequestLimits {
  return {
    requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
    keepAliveTimeoutMs: env.KEEP_ALIVE_TIMEOUT_MS,
    answerTimeoutMs: env.ANSWER_TIMEOUT_MS,
    maxRequestsPerConnection: env.MAX_REQUESTS_PER_CONNECTION,
    maxWaitingRequests: env.MAX_WAITING_REQUESTS,
    maxSearches: env.MAX_SEARCHES,
    maxWaitingPerAddress: env.MAX_WAITING_PER_ADDRESS,
  };
}
