/** Loaded only after a failure: explains it, and how to fix it. */
import type { PageContext } from '../page-context.ts';
import type { Barrier, Refusal } from './retry-policy.ts';

const barriers = new Map<string, Promise<Barrier | undefined>>();

/** {@link findBarrier}, cached for all elements: a barrier only goes away when the page or the service changes. */
export async function barrierTo(endpoint: string): Promise<Barrier | undefined> {
  const finding = barriers.get(endpoint) ?? findBarrier(endpoint);
  barriers.set(endpoint, finding);
  const barrier = await finding;
  if (!barrier) barriers.delete(endpoint);
  return barrier;
}

/**
 * Finds out why a request failed. Browsers hide from scripts whether the origin is not allowed or the
 * connection was cut. Two more requests reveal it: one for a file that the service sends to every
 * origin, and one that the endpoint answers to allowed origins only.
 */
async function findBarrier(endpoint: string): Promise<Barrier | undefined> {
  const { origin, href } = new URL(endpoint, location.href);
  let isBlocked = false;
  const blocked = ({ effectiveDirective, blockedURI }: SecurityPolicyViolationEvent) => {
    isBlocked ||= effectiveDirective === 'connect-src' && blockedURI.startsWith(origin);
  };
  document.addEventListener('securitypolicyviolation', blocked);
  const isThere = await succeeds(`${origin}/bytesized-cafe-app/index.js`, 'GET');
  // The event may fire after the failure it belongs to.
  if (!isThere) await new Promise((resolve) => setTimeout(resolve));
  document.removeEventListener('securitypolicyviolation', blocked);
  if (isBlocked) return 'policy';
  return isThere && !(await succeeds(href, 'OPTIONS')) ? 'origin' : undefined;
}

/** Why there is no image, and how to fix it. */
export function reasonOf(
  { endpoint, pagePath, pageType }: PageContext,
  { barrier, status, message }: Refusal,
): string | undefined {
  if (barrier === 'origin') {
    return `${endpoint} does not allow ${location.origin}. Add it to CORS_ALLOWED_ORIGINS.`;
  }
  if (barrier) {
    return `The page's Content-Security-Policy blocks ${endpoint}. Add it to connect-src.`;
  }
  if (!status) return undefined;
  const remedy =
    status < 500 ? 'Check page-path, page-type and api-url.' : 'See the log of the service.';
  return `${endpoint} answered ${status} for the ${pageType} ${pagePath}: ${message ?? 'no picture.'} ${remedy}`;
}

/** Why the image file may not load. */
export function fileReason(url: string): string {
  return `${url} does not load. Check img-src of the page's policy, and that the bucket is public.`;
}

function succeeds(url: string, method: string): Promise<boolean> {
  return fetch(url, { method, cache: 'no-store', credentials: 'omit' }).then(
    ({ ok }) => ok,
    () => false,
  );
}
