import type { Finding, Row } from '../finding.ts';
import { ask } from '../request.ts';
import type { Upstreams } from '../upstreams.ts';

const LIMIT = 15;
const PAGES = 1000;
/** It either holds or does not, so a few will do. */
const ROUNDS = 3;

/** B6: a thousand new pages at once, and a budget for fifteen. */
export const budget: Row = async ({ upstreams }) => [
  await race(upstreams, 1),
  await race(upstreams, 3),
];

async function race(upstreams: Upstreams, replicas: number): Promise<Finding> {
  const bought: number[] = [];
  let tooSlow = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    upstreams.reset();
    const cafes = await Promise.all(
      Array.from({ length: replicas }, () =>
        upstreams.startCafe({ DAILY_GENERATION_BUDGET: String(LIMIT) }),
      ),
    );
    const pages = Array.from({ length: PAGES }, (_, page) =>
      ask(String(cafes[page % replicas]?.url), page),
    );
    const answers = await Promise.all(pages);
    const odd = answers.find(({ status }) => status !== 200 && status !== 503);
    if (odd) throw new Error(`A page got ${odd.status}`);
    tooSlow += answers.filter(({ body }) => body.error?.code === 'storage_unavailable').length;
    bought.push(upstreams.openai.journal.length);
    await Promise.all(cafes.map((cafe) => cafe.stop()));
  }
  return {
    row: 'B6',
    what: `${PAGES} new pages at once, ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}: bought at most`,
    values: [Math.max(...bought)],
    unit: 'pictures',
    goal: { atMost: LIMIT },
    note:
      `the budget is ${LIMIT}; in ${ROUNDS} rounds ${bought.join(', ')}; ` +
      `${tooSlow} answers said that the store took too long`,
  };
}
