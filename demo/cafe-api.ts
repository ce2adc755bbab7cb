export interface Order {
  pagePath: string;
  pageType: string;
  /** The address to ask from in place of one's own. */
  address: string | undefined;
}

export interface Dish {
  url: string;
  alt: string;
  country: { code: string; name: string } | null;
  source: 'generated' | 'stored' | 'fallback';
}

export interface About {
  version: string;
  store: { kind: string; location?: string };
  generator: { kind: string; model: string };
  locator: { kind: string };
  dailyBudget: number;
}

/** No dish: the cafe refused, or did not answer; then there is no `code`. */
export class Apology extends Error {
  readonly code: string | undefined;
  readonly requestId: string | undefined;

  constructor(message: string, details: { code?: string; requestId?: string } = {}) {
    super(message);
    this.code = details.code;
    this.requestId = details.requestId;
  }
}

/** @throws Apology */
export function orderDish(order: Order): Promise<Dish> {
  return callCafe('/api/cafe/generate?details=1', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(order.address === undefined ? {} : { 'X-Real-IP': order.address }),
    },
    body: JSON.stringify({ context: { pagePath: order.pagePath, pageType: order.pageType } }),
  });
}

/** @throws Apology */
export function aboutCafe(): Promise<About> {
  return callCafe('/api/cafe/about');
}

async function callCafe<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(path, init).catch(() => {
    throw new Apology('The cafe does not answer. Is it still running?');
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body as T;
  const error = (body as { error?: { code: string; message: string; requestId: string } })?.error;
  if (error) throw new Apology(error.message, error);
  throw new Apology(`The answer (HTTP ${response.status}) is not one that the cafe gives.`);
}
