import type { Admin } from '../../admin.ts';
import type { AdminRoute } from './admin-route.ts';

/** Every route of the admin but those for signing in and out. */
export function adminRoutes(_admin: Admin): readonly AdminRoute[] {
  return [];
}
