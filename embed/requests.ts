import type { Dish } from './image.ts';
import type { PageContext } from './page-context.ts';
import { askCafe } from './request-image.ts';
import type { Refusal } from './retry-policy.ts';
import { forget, recall, remember } from './session-memory.ts';

/** What this document was answered or remembered, whatever the browser's storage is up to. */
const dishes = new Map<string, Dish>();
/** Requests under way, each for all elements that want the same. */
const running = new Map<string, Promise<Dish | Refusal>>();

/** The dish that a page is known to have, without asking. */
export function keptDish(page: PageContext): Dish | undefined {
  const { key } = page;
  const dish = dishes.get(key) ?? recall(key);
  if (dish) dishes.set(key, dish);
  return dish;
}

/** Forgets a dish that is of no use any more, unless the page has got another one meanwhile. */
export function dropDish(page: PageContext, dish: Dish): void {
  const { key } = page;
  if (dishes.get(key) !== dish) return;
  dishes.delete(key);
  forget(key);
}

/** A page's dish: the known one, or that of one request, however many want it. */
export async function orderDish(page: PageContext): Promise<Dish | Refusal> {
  const { key } = page;
  const known = keptDish(page);
  if (known) return known;
  const order = running.get(key) ?? askCafe(page);
  running.set(key, order);
  const answer = await order;
  // A refusal is told to those who waited; whoever comes next asks again.
  running.delete(key);
  if ('url' in answer && !dishes.has(key)) {
    dishes.set(key, answer);
    remember(key, answer);
  }
  return answer;
}
