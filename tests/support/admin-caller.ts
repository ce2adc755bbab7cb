import { expect } from 'vitest';
import { adminRoutes } from '../../src/app/http/admin/admin-routes.ts';
import { CANARIES } from './canaries.ts';
import type { Answer, TestCafe } from './open-test-cafe.ts';

export const TOKEN = CANARIES.adminToken;
/** What a service with an admin is opened with. */
export const WITH_ADMIN = { ADMIN_TOKEN: TOKEN };
/** The cookie's name where browsers come by HTTPS. */
export const COOKIE = '__Host-cafe-admin';

/** What the admin's own page sends along. */
export const FROM_PAGE = { 'Sec-Fetch-Site': 'same-origin', 'Content-Type': 'application/json' };

export function signIn(cafe: TestCafe, token = TOKEN, headers: Record<string, string> = {}) {
  return cafe.send('/api/admin/session', {
    method: 'POST',
    body: JSON.stringify({ token }),
    headers: { ...FROM_PAGE, ...headers },
  });
}

/** The cookie that an answer sets, as a browser sends it back; `undefined` where it sets none. */
export function cookieOf({ headers }: Answer): string | undefined {
  return headers.getSetCookie()[0]?.split(';', 1)[0];
}

/** One who has signed in, and asks as the admin's page does. Every answer has to be as its route says. */
export async function openAdmin(cafe: TestCafe) {
  const cookie = cookieOf(await signIn(cafe)) ?? '';
  const routes = adminRoutes(cafe.cafe.admin!);
  async function ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await cafe.send(`/api/admin${path}`, {
      method,
      headers: { ...FROM_PAGE, Cookie: cookie },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const route = routes.find((each) => each.method === method && isFor(each.path, path));
    if (route && answer.status === 200) expect(route.answer.parse(answer.body)).toBeDefined();
    expect(answer.headers.get('cache-control')).toBe('no-store');
    return answer;
  }
  return {
    cookie,
    get: (path: string) => ask('GET', path),
    post: (path: string, body: unknown = {}) => ask('POST', path, body),
    put: (path: string, body: unknown = {}) => ask('PUT', path, body),
    delete: (path: string) => ask('DELETE', path),
  };
}

function isFor(pattern: string, path: string): boolean {
  const [before = ''] = path.split('?', 1);
  return new RegExp(`^${pattern.replaceAll(/:\w+/g, '[^/]+')}$`).test(before);
}
