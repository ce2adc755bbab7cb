import { closed, rawConnection } from './raw-http.ts';

/** Makes a request of which one part is filled up to a length in bytes. */
export type FilledRequest = (length: number) => Buffer;

/** Milliseconds for a request with a long filling, and for the same one with a short filling. */
export interface Cost {
  long: number;
  short: number;
}

/** A filling that is so many times as long may take so many times as long; quadratic work takes 225 times. */
const TIMES_AS_LONG = 15;
const MAX_GROWTH = 20;
/** Milliseconds; a request that takes less says more about the machine than about the code. */
const NOISE_MS = 15;
/** The cheapest of so many is taken: what else runs in the process comes and goes. */
const TRIES = 10;

/**
 * The milliseconds for which this thread, and so a server in it, worked on a request until it was answered. It is
 * processor time: what other processes do does not count. Nothing else may run in this thread meanwhile.
 */
export async function heldBy(url: string, bytes: Buffer): Promise<number> {
  const socket = rawConnection(url);
  const before = process.threadCpuUsage();
  socket.resume().end(bytes);
  await closed(socket);
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/**
 * The cost of a request that takes more than proportionally longer the longer it is; `undefined` for all others.
 *
 * @param length the bytes of the long filling
 * @param first what the long one took already, where it was sent before
 */
export async function superlinearCost(
  url: string,
  request: FilledRequest,
  length: number,
  first = Number.POSITIVE_INFINITY,
): Promise<Cost | undefined> {
  const long = await least(first, NOISE_MS, () => heldBy(url, request(length)));
  if (long < NOISE_MS) return undefined;
  // It is too quick for the processor's clock. The time by the wall is never less than that, if more on a busy machine.
  const shorter = request(Math.ceil(length / TIMES_AS_LONG));
  const short = await least(Number.POSITIVE_INFINITY, 0, () => timeFor(url, shorter));
  return long > short * MAX_GROWTH ? { long, short } : undefined;
}

async function timeFor(url: string, bytes: Buffer): Promise<number> {
  const started = performance.now();
  await heldBy(url, bytes);
  return performance.now() - started;
}

/** The least of a few costs; of no more than it takes to find one below `enough`. */
async function least(first: number, enough: number, cost: () => Promise<number>): Promise<number> {
  let best = first;
  for (let tries = 0; tries < TRIES && best >= enough; tries += 1) {
    best = Math.min(best, await cost());
  }
  return best;
}
