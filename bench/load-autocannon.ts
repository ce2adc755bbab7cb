/**
 * `load.lua` for machines without wrk. Its generator is JavaScript and slower than what it measures, so
 * what it shows is an upper bound of all latencies and a lower one of all differences.
 *
 * Arguments: URL, connections, seconds, pages, countries, milliseconds between requests (0: none).
 */
import autocannon from 'autocannon';
import { requestFor } from './request.ts';

const SAMPLES = 2_000;
const [url = '', ...numbers] = process.argv.slice(2);
const [connections = 1, duration = 1, pages = 1, countries = 1, think = 0] = numbers.map(Number);

const { pathname, search } = new URL(url);
const requests = Array.from({ length: SAMPLES }, () => ({
  ...requestFor(Math.floor(pages ** Math.random()) - 1, Math.floor(Math.random() * countries)),
  path: pathname + search,
}));
const result = await autocannon({
  url,
  connections,
  duration,
  requests,
  ...(think > 0 ? { overallRate: Math.round((connections * 1000) / think) } : {}),
});
process.stderr.write(
  `${JSON.stringify({
    requests: result.requests.total,
    seconds: result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failures: result.errors + result.timeouts + result.non2xx,
  })}\n`,
);
