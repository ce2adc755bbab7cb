import { imageFrom, type PageImage } from '../image.ts';
import type { PageContext } from '../page-context.ts';
import { diagnosis, warn } from '../warning.ts';
import { pauseBefore, type Refusal } from './retry-policy.ts';

/** Requests a page's image, and retries if that may help. Never throws. */
export async function fetchImage(page: PageContext): Promise<PageImage | Refusal> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await post(page);
    if ('url' in answer) return answer;
    const pause = pauseBefore(attempt, answer);
    if (pause === undefined) {
      void warn((why) => why.reasonOf(page, answer), page.endpoint);
      return answer;
    }
    await wait(pause);
  }
}

async function post({
  endpoint,
  pagePath,
  pageType,
  token,
}: PageContext): Promise<PageImage | Refusal> {
  let status: number | undefined;
  try {
    const response = await fetch(`${endpoint}${endpoint.includes('?') ? '&' : '?'}details=1`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      credentials: 'omit',
      body: JSON.stringify({ context: { pagePath, pageType }, token }),
    });
    if (!response.ok) {
      const body = await response.json().catch(() => undefined);
      const retryAfter = Number(response.headers.get('Retry-After') ?? Number.NaN);
      return { status: response.status, message: body?.error?.message, retryAfter };
    }
    const text = await response.text();
    // From here on, a failure is no longer one of the connection.
    status = response.status;
    return imageFrom(JSON.parse(text)) ?? { status };
  } catch {
    return status ? { status } : { barrier: await (await diagnosis())?.barrierTo(endpoint) };
  }
}

/** Ends early when the browser comes back online. */
function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener('online', done);
  });
}
