import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import type { ChaosPlace } from './chaos-place.ts';
import type { ChaosReplica } from './chaos-replica.ts';
import { askFor, type PageAnswer, PICTURES } from './open-proxied-cafe.ts';

const READER = { 'X-Real-IP': '81.2.69.142' };
/** Pages that are looked at side by side when all is over. */
const SIDE_BY_SIDE = 32;

/** Readers, and what they get. */
export function readersOf(place: ChaosPlace) {
  const outcomes: Record<string, number> = {};
  const dead: string[] = [];
  const count = (what: string | number) => {
    outcomes[what] = (outcomes[what] ?? 0) + 1;
  };
  /** Past all that goes wrong, as a reader's browser would. */
  const load = async ({ url }: PageAnswer) => {
    const key = decodeURIComponent(new URL(url).pathname.slice(1));
    const head = url.startsWith(`${PICTURES}/generated/v2/`) && (await place.store.head(key));
    if (!head || head.size === 0) dead.push(url);
  };
  const read = async (url: string, path: string) => {
    const init = { headers: READER, signal: AbortSignal.timeout(15_000) };
    const answer = await askFor(url, path, init).catch(({ name }: Error) =>
      name === 'TimeoutError' ? 'too late' : 'cut off',
    );
    if (typeof answer === 'string') {
      count(answer);
      return wait(200);
    }
    count(answer.status);
    if (answer.status === 200) await load(answer);
  };
  return { outcomes, dead, load, read };
}

/** Each page shows one picture on all replicas in the end. Resolves with how long that took. */
export async function settle(
  paths: readonly string[],
  replicas: readonly ChaosReplica[],
  load: (answer: PageAnswer) => Promise<void>,
): Promise<number> {
  const calm = performance.now();
  const settlePage = async (path: string) => {
    let answers: PageAnswer[] = [];
    const shown = async () => {
      answers = await Promise.all(replicas.map(({ url }) => askFor(url, path)));
      return answers.map(({ status, url }) => (status === 200 ? url : status));
    };
    // Leases of those who are gone, and looks at what is gone, have their time; so has a replica that was
    // started while listings lagged, and looks again after a minute.
    await expect
      .poll(shown, { timeout: 120_000, interval: 500 })
      .toSatisfy((urls: unknown[]) => typeof urls[0] === 'string' && new Set(urls).size === 1);
    await Promise.all(answers.map(load));
  };
  for (let at = 0; at < paths.length; at += SIDE_BY_SIDE) {
    await Promise.all(paths.slice(at, at + SIDE_BY_SIDE).map(settlePage));
  }
  return Math.round(performance.now() - calm);
}
